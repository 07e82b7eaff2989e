"""Models over the marts: plain functions that know no orchestrator."""
