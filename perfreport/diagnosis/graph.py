"""Which finding can explain which: the causal graph, as data.

An edge is a possibility. It counts in a run only where both ends were found and the cause was
there no later than its effect; see `perfreport.diagnosis.settle`.
"""

from __future__ import annotations

# cause → what it can bring about, the nearest effects only
EXPLAINS: dict[str, tuple[str, ...]] = {
    # causes
    "row-lock-contention": ("pool-exhausted", "latency-degraded", "throughput-saturated"),
    "slow-query": ("pool-exhausted", "database-saturated", "latency-degraded"),
    "database-saturated": (
        "pool-exhausted",
        "http-threads-busy",
        "latency-degraded",
        "throughput-saturated",
    ),
    # A call takes its time outside a transaction, too: inside, it takes connections from others.
    "remote-call-in-transaction": ("pool-exhausted",),
    "pool-undersized": ("pool-exhausted",),
    "connection-leak": ("pool-exhausted",),
    "cache-stampede": ("slow-query", "pool-exhausted", "latency-degraded", "errors-surge"),
    "cache-inefficient": (
        "slow-query",
        "database-saturated",
        "pool-exhausted",
        "latency-degraded",
    ),
    "n-plus-one": ("database-saturated", "pool-exhausted", "latency-degraded"),
    "single-row-inserts": ("pool-exhausted", "latency-degraded"),
    "heap-leak": ("gc-pressure", "latency-degraded", "errors-surge", "throughput-saturated"),
    "gc-pressure": (
        "cpu-saturated",
        "pool-exhausted",
        "http-threads-busy",
        "latency-degraded",
        "throughput-saturated",
    ),
    "cpu-saturated": (
        "pool-exhausted",
        "http-threads-busy",
        "latency-degraded",
        "throughput-saturated",
    ),
    "http-threads-exhausted": ("http-threads-busy",),
    "downstream-timeout": (
        "remote-call-in-transaction",
        "http-threads-exhausted",
        "pool-exhausted",
        "http-threads-busy",
        "requests-timed-out",
        "latency-degraded",
        "errors-surge",
    ),
    "kafka-consumer-slow": ("kafka-lag-surge",),
    "kafka-partition-skew": ("kafka-lag-surge",),
    "kafka-producer-blocked": ("requests-timed-out", "latency-degraded", "errors-surge"),
    # symptoms that bring about others
    "pool-exhausted": (
        "requests-timed-out",
        "http-threads-busy",
        "latency-degraded",
        "throughput-saturated",
        "errors-surge",
        "kafka-lag-surge",
    ),
    "http-threads-busy": ("latency-degraded", "throughput-saturated", "errors-surge"),
    "requests-timed-out": ("latency-degraded", "errors-surge"),
    "latency-degraded": ("throughput-saturated",),
}

# risk → the symptom it would become: what brings that about in this run explains the risk as well
BECOMES: dict[str, str] = {
    "pool-near-limit": "pool-exhausted",
    "http-threads-near-limit": "http-threads-busy",
}


def effects_of(rule: str) -> tuple[str, ...]:
    """What a finding can bring about directly."""
    return EXPLAINS.get(rule, ())


def path(cause: str, effect: str, present: frozenset[str]) -> tuple[str, ...] | None:
    """The shortest walk from a cause to an effect over findings that are present, both included."""
    walks: list[tuple[str, ...]] = [(cause,)]
    seen = {cause}
    while walks:
        walk = walks.pop(0)
        if walk[-1] == effect:
            return walk
        for following in effects_of(walk[-1]):
            if following in present and following not in seen:
                seen.add(following)
                walks.append((*walk, following))
    return None


def walks(cause: str, effect: str, through: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """Every walk from a cause to an effect whose steps in between are all in `through`."""
    found: list[tuple[str, ...]] = []
    open_walks: list[tuple[str, ...]] = [(cause,)]
    while open_walks:
        walk = open_walks.pop()
        if walk[-1] == effect:
            found.append(walk)
            continue
        open_walks += [
            (*walk, following)
            for following in effects_of(walk[-1])
            if (following in through or following == effect) and following not in walk
        ]
    return tuple(sorted(found))
