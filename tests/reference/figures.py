"""The figures of the known report: one table that the data is made from and held against.

Times are seconds, sizes bytes, shares 0 to 1, unless a name says otherwise. Nothing here was
measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

BEGIN = datetime(2026, 1, 5, 1, 0, 0, tzinfo=UTC)  # each test begins two hours after the one before

POOL = 20
HELD = 0.2  # a connection, by a request of the fourth stage
LOCKED = 0.6  # of that, in line for a row …
LOCK_WAIT = 0.850  # … each time this long
WORKED = HELD * (1 - LOCKED)
WAITS = HELD * LOCKED / LOCK_WAIT  # by a request
HEAP_MAX, HEAP_INITIAL = 1024 * 2**20, 512 * 2**20
THREADS = 200

# Load test. Three scenarios: iterations per minute, VUs in use, allocated before, and at most.
UP, SUSTAIN, DOWN = 300, 1800, 120
MIX = (
    ("normalPurchase", 252, 55, 40, 65),
    ("couponIssue", 90, 18, 12, 21),
    ("popularItem", 60, 12, 8, 14),
)
ALLOCATED, MOST_USERS = 60, 100
STEADY_RATE = 28.5
STEADY_P50_MS, STEADY_P95_MS, STEADY_P99_MS = 45, 285, 520
STEADY_ERRORS = 0.0005
STEADY_CPU, STEADY_HEAP, STEADY_HEAP_PEAK, STEADY_ACTIVE = 0.42, 0.58, 0.72, 9
SKIPPED = 300  # products that do not exist
HITS, MISSES, MISS_SECONDS = 125_480, 8_220, 0.120
REDIS_MEMORY = 0.45


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the stress test."""

    rate: float  # successful requests per second
    failed: float
    p95_ms: int
    p99_ms: int
    active: int
    pending: int
    timeouts: int
    heap: float
    heap_peak: float
    young: int  # collections of the young generation
    full: int
    threads: int  # busy
    queue: int
    lock_seconds: float  # of one statement that waits for a row
    level: str

    @property
    def held(self) -> float:
        """Seconds a request holds its connection, those in line for a row included."""
        return WORKED + WAITS * self.lock_seconds

    @property
    def attempted(self) -> float:
        """All requests per second."""
        return self.rate / (1 - self.failed)


STAGE_SECONDS = 300
STAGES = (
    Stage(28, 0.001, 290, 510, 9, 0, 0, 0.60, 0.74, 12, 0, 18, 0, 0.05, "normal"),
    Stage(55, 0.003, 380, 820, 14, 2, 0, 0.68, 0.82, 20, 0, 41, 0, 0.20, "warning"),
    Stage(82, 0.012, 650, 1450, 18, 5, 2, 0.78, 0.88, 31, 0, 84, 0, 0.80, "warning"),
    Stage(98, 0.048, 1850, 3200, 20, 15, 28, 0.85, 0.95, 45, 3, 185, 32, LOCK_WAIT, "failed"),
    Stage(85, 0.125, 3500, 8000, 20, 15, 28, 0.85, 0.95, 45, 3, 185, 32, LOCK_WAIT, "collapsed"),
)
YOUNG_PAUSE, FULL_PAUSE = 0.050, 1.2
WAITING_FOR_ONE_ROW = 15
STATEMENTS = (  # text, seconds, executions, rows read, rows sent; rows read by a scan
    ("SELECT * FROM `inventories` WHERE `product_id` = ? FOR UPDATE", LOCK_WAIT, 2450, 1, 1),
    ("INSERT INTO `orders` ( `user_id` , `total` ) VALUES (...)", 0.320, 1850, 0, 0),
    (
        "SELECT * FROM `user_coupons` WHERE `user_id` = ? AND `coupon_id` = ?",
        0.280, 5200, 48_000, 1,
    ),
)  # fmt: skip

# Peak test. Virtual users as planned: seconds, and how many there are at their end.
FIRST_USERS = 1000
USERS = ((30, 1000), (5, 5000), (55, 2000), (60, 500))
RUSH_AT, RUSH_ENDS, PLAN_ENDS, LOAD_ENDS = 30, 35, 150, 160
RUSH_P95_MS = 185
RUSH_FAILED = 0.038
INCOMING = 1000.0  # messages per second in the rush
CONSUMED = (20, 19, 21)  # per partition
LAG = (2380, 2250, 2220)
COMMITTED = (15_240, 14_980, 15_120)  # when the lag is largest
LAG_AFTER_RUSH, LAG_PEAK_AFTER = 4_700, 30  # seconds after the rush begins
DRAIN = 8 * 60 + 30
INSERT_SECONDS = 0.050
SENT_MEAN, SENT_MOST = 950, 1_200  # by the producer, per second
BUFFER, BUFFER_LEFT = 32 * 2**20, 2 * 2**20
