"""What several rules look at: a pool, its connections' time, the processors, the broker."""
