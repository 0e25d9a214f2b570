"""What a change would bring: predicted figures, or the reason why none can be given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.advice import Horizon
    from perfreport.model.configuration import SettingValue
    from perfreport.model.load import Tags
    from perfreport.model.message import Message
    from perfreport.model.units import Unit


class ForecastQuantity(StrEnum):
    """What is predicted."""

    THROUGHPUT_LIMIT = "throughput_limit"  # successful requests per second
    THROUGHPUT_AT_OBJECTIVE = "throughput_at_objective"  # the highest that meets the p95 target
    RESOURCE_LIMIT = "resource_limit"  # what one resource could bear alone, requests per second
    P95 = "p95"  # of the response time over the whole test, seconds
    GC_SHARE = "gc_pause_share"  # of the time of the load, in pauses of the collector
    KAFKA_LAG_MAX = "kafka_lag_max"  # records
    KAFKA_DRAIN_TIME = "kafka_drain_time"  # seconds after the load ended
    KAFKA_CONSUME_RATE = "kafka_consume_rate"  # records per second the consumers can work off


class Bound(StrEnum):
    """What a predicted value says of the true one."""

    EXACT = "exact"
    AT_LEAST = "at_least"  # the tested load does not reach the limit any more


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to change; `name` is a canonical setting or a change of the code.

    `today` is the value in force, where the run or its configuration tells it.
    """

    name: str
    value: SettingValue
    today: SettingValue | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """One predicted figure. `baseline` is measured; `interval` is meant to cover nine in ten."""

    quantity: ForecastQuantity
    where: Tags
    baseline: float | None
    value: float
    interval: tuple[float, float]
    unit: Unit
    formula: Message
    assumptions: tuple[Message, ...] = ()
    bound: Bound = Bound.EXACT


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a figure can't be predicted, and what would have to be measured first."""

    reason: Message
    quantity: ForecastQuantity | None = None  # None: for all of them


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything predicted for one set of changes to one test.

    `notes` say what the reader must know of the changes: that one does not help, or breaks a
    limit elsewhere. `bounds` are what each resource could bear after the change, the lowest
    first; `next_bottleneck` names what limits then.
    """

    test_id: str
    changes: tuple[Change, ...]
    forecasts: tuple[Forecast, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()
    next_bottleneck: Message | None = None
    bounds: tuple[Forecast, ...] = ()

    def find(self, quantity: ForecastQuantity) -> Forecast | None:
        """The figure over the whole test, where there is one."""
        found = (one for one in self.forecasts if one.quantity is quantity and not one.where)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Setup:
    """The sizes a system runs with; `heap` in bytes; None where nothing tells.

    `consumers` are those of all instances together.
    """

    pool: int | None = None
    heap: float | None = None
    threads: int | None = None
    partitions: int | None = None
    consumers: int | None = None
    batch: int | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of improvement: all changes up to and including a horizon, taken together.

    `horizon` is None for the system as it was tested; its figures are measured. `added` are the
    changes of this step alone and `outlook` tells of all so far; a step that adds nothing has no
    figures. `uncounted` are the titles of recommendations whose effect can't be computed.
    """

    horizon: Horizon | None
    added: tuple[Change, ...]
    setup: Setup
    outlook: Outlook
    uncounted: tuple[Message, ...] = ()

    def find(self, quantity: ForecastQuantity) -> Forecast | None:
        """The figure of a quantity over the whole test, where there is one."""
        return self.outlook.find(quantity)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Today's system and what each step of improvement makes of it, the nearest first.

    `futile` are the changes that suggest themselves and do not help, each with the reason among
    its notes.
    """

    steps: tuple[Step, ...] = ()
    futile: tuple[Outlook, ...] = ()

    def gain(self, step: Step, quantity: ForecastQuantity) -> float | None:
        """Change against today as a share of it; None where one of the two is unknown."""
        before = self.steps[0].find(quantity) if self.steps else None
        after = step.find(quantity)
        if before is None or after is None or not before.value:
            return None
        return after.value / before.value - 1
