"""What each resource could bear alone: the lowest is the limit, the next the next bottleneck.

Utilisation law (Denning and Buzen 1978): with `demand` seconds of a resource per request and
`places` of it, no more than places / demand requests per second can be served, whatever the load.
Demands are those of the fitted model at the mix of requests the busiest window had, so a bound
beyond the tested load takes for granted that demands stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.processors import processor_count
from perfreport.forecasting.backlog import observe_backlog
from perfreport.model.configuration import ComposeConfig
from perfreport.model.forecast import Bound, Forecast, ForecastQuantity
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit, per_second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demands
    from perfreport.forecasting.observed import Observed
    from perfreport.forecasting.replay import System
    from perfreport.model.measurement import Floats

_LEAST_ERROR = 0.1
_CPU_ERROR = 0.15  # the share of a host tells of everything that runs there
_STEADY = 0.15
_DATABASES = ("mysql", "mariadb", "percona", "postgres")
_FAR = 5.0  # times the tested load: demands measured there say little of a system that busy


@dataclass(frozen=True, slots=True)
class ResourceBound:
    """Requests per second one resource could serve; `error` is relative."""

    resource: str  # "pool", "threads", "row", "cpu", "database", "consumers"
    limit: float
    error: float


def mix(observed: Observed) -> Floats:
    """Share of each visit among the requests of the busiest slot."""
    rates = np.array([visit.rates for visit in observed.visits])
    top = rates[:, int(np.argmax(rates.sum(axis=0)))]
    shares: Floats = top / top.sum() if top.sum() > 0 else np.full(len(rates), 1 / len(rates))
    return shares


def resource_bounds(
    scene: Scene, observed: Observed, demands: Demands, system: System, *, starved: bool
) -> tuple[ResourceBound, ...]:
    """The bounds of all resources the run tells of, the lowest first.

    `starved`: consumers waited for connections, so what they worked off is no speed of theirs.
    """
    shares = mix(observed)
    visits = demands.visits
    error = max(_LEAST_ERROR, min(demands.misfit, 1.0))
    found: list[ResourceBound] = []
    held = float(shares @ [one.hold for one in visits])
    if system.consumers and system.produced_by is not None:
        held += float(shares[system.produced_by]) * demands.record
    if system.pool and held > 0:
        found.append(ResourceBound("pool", system.pool / held, error))
    served = float(shares @ [one.base for one in visits])
    if system.threads and served > 0:
        found.append(ResourceBound("threads", system.threads / served, _LEAST_ERROR))
    locked = max(share * one.lock for share, one in zip(shares, visits, strict=True))
    if locked > 0:
        found.append(ResourceBound("row", 1 / locked, error))
    if demands.cpu is not None:
        found.append(ResourceBound("cpu", demands.cpu.limit, _CPU_ERROR))
    database = _database(scene, demands)
    if database is not None:
        found.append(ResourceBound("database", database, _CPU_ERROR))
    if system.produced_by is not None:
        seen = None if starved else observe_backlog(scene)
        produced = float(shares[system.produced_by])
        if seen is not None and seen.fell_behind and seen.spread <= _STEADY and produced > 0:
            error = _LEAST_ERROR + seen.spread
            found.append(ResourceBound("consumers", seen.rate / produced, error))
    return tuple(sorted(found, key=lambda one: one.limit))


def _database(scene: Scene, demands: Demands) -> float | None:
    """Cores the database's container may use, over its core-seconds per request.

    The processors' own bound covers a database that may use all cores of its host.
    """
    cores = [
        float(setting.value)
        for config in scene.case.run.of(ComposeConfig)
        for service in config.services
        if any(word in service.image.lower() for word in _DATABASES)
        for setting in service.settings
        if setting.name == "container.cpus.max" and isinstance(setting.value, float)
    ]
    if not cores or demands.cpu is None or not demands.cpu.database:
        return None
    all_cores = processor_count(scene, scene.whole)
    if all_cores is None or min(cores) >= all_cores:
        return None
    return min(cores) / (all_cores * demands.cpu.each * demands.cpu.database)


def with_full_database(bounds: Sequence[ResourceBound], top: float) -> tuple[ResourceBound, ...]:
    """The bounds where the database served all it can: no more than the highest throughput."""
    others = [one for one in bounds if one.resource != "database"]
    full = ResourceBound("database", top, _LEAST_ERROR)
    return tuple(sorted((*others, full), key=lambda one: one.limit))


def as_forecasts(
    after: Sequence[ResourceBound], before: Sequence[ResourceBound]
) -> tuple[Forecast, ...]:
    """The bounds after a change beside those before it."""
    known = {one.resource: one.limit for one in before}
    return tuple(
        Forecast(
            ForecastQuantity.RESOURCE_LIMIT,
            (("resource", one.resource),),
            known.get(one.resource),
            one.limit,
            (one.limit * (1 - one.error), one.limit * (1 + one.error)),
            Unit.PER_SECOND,
            message("forecast.formula.resource"),
            (message("forecast.assumption.same-demands"),),
        )
        for one in after
    )


def next_bottleneck(
    bounds: Sequence[ResourceBound], reached: Sequence[tuple[str, float]], bound: Bound, top: float
) -> Message | None:
    """What limits after a change, and what would limit behind it.

    `reached` are stations with the share of their places in use, the fullest first; `top` is the
    highest throughput of the tested load.
    """
    if bound is Bound.EXACT and reached and reached[0][1] > 0:
        name, share = reached[0]
        behind = [one for one in bounds if one.resource != name and top < one.limit <= _FAR * top]
        said = Quantity(share, Unit.RATIO)
        station = message(f"forecast.station.{name}")
        if not behind:
            return message("forecast.next.limits", station=station, share=said)
        return message(
            "forecast.next.limits-then",
            station=station,
            share=said,
            behind=message(f"forecast.station.{behind[0].resource}"),
            limit=per_second(behind[0].limit),
        )
    ahead = [one for one in bounds if one.limit > top]
    if not ahead:
        return None
    if ahead[0].limit > _FAR * top:
        return message("forecast.next.far", times=_FAR)
    return message(
        "forecast.next.ahead",
        station=message(f"forecast.station.{ahead[0].resource}"),
        limit=per_second(ahead[0].limit),
    )
