"""One clock: sources without a usable zone are placed in UTC, or left uncorrelated."""
