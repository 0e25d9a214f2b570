"""The signal catalogue: every dialect's names mapped onto canonical signals, as data."""
