"""What each customer will bring: net revenue over the next 90, 180 and 365 days, with bands."""
