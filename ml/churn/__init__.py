"""Who is about to stay away, of a shop without contracts: chances, risks and reasons."""
