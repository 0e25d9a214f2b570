"""What to change, in three horizons."""
