"""Throughput and response time of requests after a change.

The load of the run is played against the fitted model as the system is, which must give back what
was measured, and again as it would be. The difference between the two runs of the model and the
misfit of the first make the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.today import count_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.laws import places_limit, scalability
from perfreport.forecasting.objective import Served, at_objective
from perfreport.forecasting.remedies import changed_demands
from perfreport.forecasting.replay import System, replay
from perfreport.model.forecast import Bound, Forecast, ForecastQuantity, Refusal
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demands
    from perfreport.forecasting.fitted import Model
    from perfreport.forecasting.replay import Outcome
    from perfreport.model.configuration import SettingValue

HOST = "host.cpu.usage"
_REACHED = 0.9  # a station busier than this limits
_KNEE = 0.85
_UNEXPLAINED = 0.5
_WORST_MISFIT = 0.2
_LEAST_ERROR = {
    ForecastQuantity.THROUGHPUT_LIMIT: 0.08,
    ForecastQuantity.THROUGHPUT_AT_OBJECTIVE: 0.12,
    ForecastQuantity.P95: 0.22,
}
_CPU_FULL = 0.95
_FAR = 2.0  # a limit this far from what was measured is no opinion


@dataclass(frozen=True, slots=True)
class RequestOutlook:
    """Forecasts for requests, or why there are none."""

    forecasts: tuple[Forecast, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()
    next_bottleneck: Message | None = None


def request_outlook(
    scene: Scene,
    model: Model,
    wanted: Mapping[str, SettingValue],
    target: float | None = None,
) -> RequestOutlook:
    """Predict throughput and p95 after changes to what serves requests.

    `target`: the test's objective for p95 in seconds, for the throughput that still meets it.
    """
    refusal = _refusal(scene, model, wanted)
    if refusal is not None:
        return RequestOutlook(refusals=(refusal,))
    demands, assumptions, missing = changed_demands(scene, model.observed, model.demands, wanted)
    if missing is not None:
        return RequestOutlook(refusals=(missing,))
    system = replace(
        model.system,
        pool=_whole(wanted, names.POOL, model.system.pool),
        threads=_whole(wanted, names.THREADS, model.system.threads),
        patience=float(wanted.get(names.PATIENCE, model.system.patience or 0)) or None,
    )
    notes = _notes(scene, model, wanted)
    after = replay(model.observed, demands, system)
    busier = [
        replay(model.observed, _scaled(demands, factor), system) for factor in _factors(demands)
    ]
    ceiling = _cpu_ceiling(scene, model, demands)
    stuck = model.demands.contended and not any(map(names.is_index, wanted))
    if stuck:
        notes = (*notes, message("forecast.note.contended"))
    forecasts = _Forecasts(
        model, demands, system, after, busier, ceiling, assumptions, stuck, target
    )
    return RequestOutlook(
        tuple(forecasts.all()), forecasts.refusals(), notes, forecasts.next_bottleneck()
    )


class _Forecasts:
    """Figures of one what-if."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one what-if
        self,
        model: Model,
        demands: Demands,
        system: System,
        after: Outcome,
        variants: Sequence[Outcome],
        ceiling: float | None,
        assumptions: tuple[Message, ...],
        stuck: bool,
        target: float | None,
    ) -> None:
        self.target = target
        self.model, self.demands, self.system = model, demands, system
        self.after, self.variants = after, variants
        self.ceiling, self.stuck = ceiling, stuck
        self.assumptions = assumptions
        rates = [after.rate(*edge) for edge in model.edges]
        self.top = model.edges[int(np.argmax(rates))]
        self.capped = ceiling is not None and max(rates) > ceiling

    @property
    def bound(self) -> Bound:
        """Whether the tested load still reaches a limit."""
        limited = self.capped or self.stuck or any(share >= _REACHED for _, share in self.shares())
        return Bound.EXACT if limited else Bound.AT_LEAST

    def shares(self) -> list[tuple[str, float]]:
        """Stations with the share of their places in use at the highest throughput."""
        found = [
            (name, max(self.after.used(name, *edge) for edge in self.model.edges))
            for name in ("pool", "threads", "row")
        ]
        return sorted(found, key=lambda entry: -entry[1])

    def all(self) -> list[Forecast]:
        """Throughput and p95, in all and of the endpoints that use the pool."""
        found = [self._throughput(None)]
        visits = self.model.observed.visits
        users = [
            place
            for place, visit in enumerate(visits)
            if self.model.demands.uses_pool(place) and visit.count > 0
        ]
        found += [self._throughput(place) for place in users]
        if not self.capped and not self.stuck:
            found += self._at_objective()
            found.append(self._p95(None))
            found += [self._p95(place) for place in users]
        return found

    def refusals(self) -> tuple[Refusal, ...]:
        """Response times are not predicted where the model has no queue for what limits."""
        if not (self.capped or self.stuck):
            return ()
        return (Refusal(message("forecast.refusal.other-limit"), ForecastQuantity.P95),)

    def next_bottleneck(self) -> Message | None:
        """What is busiest after the change."""
        if self.capped and self.ceiling is not None:
            return message("forecast.next.cpu", limit=Quantity(self.ceiling, Unit.PER_SECOND))
        name, share = self.shares()[0]
        if share <= 0 or self.stuck:
            return None
        reached = "limits" if share >= _REACHED else "free"
        station = message(f"forecast.station.{name}")
        return message(
            f"forecast.next.{reached}", station=station, share=Quantity(share, Unit.RATIO)
        )

    def _where(self, place: int | None) -> tuple[tuple[str, str], ...]:
        return () if place is None else (("name", self.model.observed.visits[place].endpoint),)

    def _throughput(self, place: int | None) -> Forecast:
        edges = self.model.edges
        measured = self.model.measured
        baseline = max(measured) if place is None else _steady_top(self.model, place)
        value = max(self.after.rate(*edge, place) for edge in edges)
        around = [max(one.rate(*edge, place) for edge in edges) for one in self.variants]
        if self.stuck:
            value, around = baseline, []
        elif self.capped and self.ceiling is not None:
            whole = max(self.after.rate(*edge) for edge in edges)
            value *= self.ceiling / whole
            around = []
        formula = message("forecast.formula.replay")
        if self.system.pool and self.after.hold:
            formula = message(
                "forecast.formula.pool",
                pool=self.system.pool,
                hold=Quantity(self.after.hold, Unit.SECONDS),
                limit=Quantity(places_limit(self.system.pool, self.after.hold), Unit.PER_SECOND),
            )
        return self._forecast(
            ForecastQuantity.THROUGHPUT_LIMIT, place, baseline, value, around, formula, self.bound
        )

    def _at_objective(self) -> list[Forecast]:
        """The highest throughput within the test's own target for p95, if it has one."""
        target = self.target
        if target is None:
            return []
        best = at_objective(self._served(self.after), target)
        if best is None:
            return []
        today = at_objective(self.model.served, target)
        around = [
            other.rate
            for one in self.variants
            if (other := at_objective(self._served(one), target)) is not None
        ]
        quantity = ForecastQuantity.THROUGHPUT_AT_OBJECTIVE
        formula = message("forecast.formula.objective", target=Quantity(target, Unit.SECONDS))
        baseline = None if today is None else today.rate
        bound = self.bound if best.beyond else Bound.EXACT
        return [self._forecast(quantity, None, baseline, best.rate, around, formula, bound)]

    def _served(self, outcome: Outcome) -> list[Served]:
        return [Served(outcome.rate(*edge), outcome.p95_within(*edge)) for edge in self.model.edges]

    def _p95(self, place: int | None) -> Forecast:
        endpoint = None if place is None else self.model.observed.visits[place].endpoint
        baseline = self.model.p95s.get(endpoint)
        value = self.after.p95(place) or 0.0
        around = [one.p95(place) or 0.0 for one in self.variants]
        formula = message("forecast.formula.replay")
        return self._forecast(ForecastQuantity.P95, place, baseline, value, around, formula)

    def _forecast(
        self,
        quantity: ForecastQuantity,
        place: int | None,
        baseline: float | None,
        value: float,
        around: Sequence[float],
        formula: Message,
        bound: Bound = Bound.EXACT,
    ) -> Forecast:
        error = self.model.error
        if quantity is ForecastQuantity.P95:
            error = min(self.model.error_p95, _WORST_MISFIT)
        width = float(np.hypot(_LEAST_ERROR[quantity], min(error, _WORST_MISFIT)))
        low, high = min([value, *around]), max([value, *around])
        assumptions = (message("forecast.assumption.same-load"), *self.assumptions)
        if bound is Bound.AT_LEAST:
            assumptions = (message("forecast.assumption.lower-bound"), *assumptions)
        unit = Unit.SECONDS if quantity is ForecastQuantity.P95 else Unit.PER_SECOND
        interval = (low * (1 - width), high * (1 + width))
        return Forecast(
            quantity,
            self._where(place),
            baseline,
            value,
            interval,
            unit,
            formula,
            assumptions,
            bound,
        )


def _steady_top(model: Model, place: int) -> float:
    """Highest measured rate of an endpoint in a slot, smoothed over two of them."""
    rates = model.observed.visits[place].rates
    pairs = (rates[:-1] + rates[1:]) / 2 if len(rates) > 1 else rates
    return float(pairs.max())


def _refusal(scene: Scene, model: Model, wanted: Mapping[str, SettingValue]) -> Refusal | None:
    """What of the run forbids a forecast of these changes."""
    pool_asked = names.POOL in wanted or names.PATIENCE in wanted
    if pool_asked and model.filled < _KNEE:
        return Refusal(message("forecast.refusal.pool-free"))
    if pool_asked and (not model.demands.pool_known or model.demands.misfit > _UNEXPLAINED):
        return Refusal(message("forecast.refusal.pool-unexplained"))
    if names.THREADS in wanted:
        busy = [scene.value("tomcat.threads.utilization", "peak", one) for one in scene.windows]
        if max((one for one in busy if one is not None), default=0.0) < _KNEE:
            return Refusal(message("forecast.refusal.threads-free"))
    mended = any(map(names.is_index, wanted)) or model.demands.contended
    if model.error > _WORST_MISFIT and not mended:
        return Refusal(message("forecast.refusal.misfit", error=Quantity(model.error, Unit.RATIO)))
    return None


def _notes(scene: Scene, model: Model, wanted: Mapping[str, SettingValue]) -> tuple[Message, ...]:
    notes: list[Message] = []
    pool = _whole(wanted, names.POOL, model.system.pool)
    most = count_today(scene, "mysql.connections.max")
    if names.POOL in wanted and pool and most and pool > most:
        notes.append(message("forecast.note.beyond-max-connections", pool=pool, most=most))
    bigger = names.POOL in wanted and pool and pool > (model.system.pool or 0)
    if bigger and model.demands.locked:
        notes.append(message("forecast.note.row-lock"))
    limit = _scaled_limit(scene, model)
    if limit is not None:
        notes.append(message("forecast.note.scalability", limit=Quantity(limit, Unit.PER_SECOND)))
    return tuple(notes)


def _scaled_limit(scene: Scene, model: Model) -> float | None:
    """Second opinion on today's limit: the universal scalability law over the stages."""
    slices = [scene.load(window) for window in scene.windows]
    users = [0.0 if one is None else one.vus_max or 0.0 for one in slices]
    law = scalability(np.array(users), np.array(model.measured))
    limit = None if law is None or np.ptp(users) <= 0 else law.limit
    top = max(model.measured)
    return limit if limit is not None and top <= limit <= _FAR * top else None


def _factors(demands: Demands) -> tuple[float, float]:
    """Hold times as they may be otherwise: by the misfit, at least by four percent."""
    off = float(np.clip(demands.misfit, 0.04, 0.15))
    return 1 - off, 1 + off


def _scaled(demands: Demands, factor: float) -> Demands:
    visits = tuple(
        replace(one, hold=min(one.hold * factor, one.base), lock=one.lock * factor)
        for one in demands.visits
    )
    return replace(demands, visits=visits, record=demands.record * factor)


def _cpu_ceiling(scene: Scene, model: Model, demands: Demands) -> float | None:
    """Utilisation law: the throughput at which the host has no idle time left."""
    if demands.cpu is None:
        return None
    top = scene.windows[int(np.argmax(model.measured))]
    used = scene.value(HOST, "mean", top)
    if used is None or used <= 0.15:
        return None
    return max(model.measured) + (_CPU_FULL - used) / demands.cpu


def _whole(wanted: Mapping[str, SettingValue], name: str, today: int | None) -> int | None:
    value = wanted.get(name)
    return int(value) if isinstance(value, int | float) else today
