"""Customers who are alike: K-Means on recency, frequency, money and behaviour, with names that say what sets each
apart."""
