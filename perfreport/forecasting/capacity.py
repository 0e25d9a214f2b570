"""Throughput and response time of requests after a change.

The load of the run is played against the fitted model as the system is, which must give back what
was measured, and again as it would be. The difference between the two runs of the model and the
misfit of the first make the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.today import count_today, replicas_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.bounds import (
    as_forecasts,
    next_bottleneck,
    resource_bounds,
    with_full_database,
)
from perfreport.forecasting.fitted import played
from perfreport.forecasting.laws import places_limit, scalability
from perfreport.forecasting.objective import Served, at_objective
from perfreport.forecasting.remedies import mended, of_code
from perfreport.model.forecast import Bound, Forecast, ForecastQuantity, Refusal
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit, share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.demands import Demands
    from perfreport.forecasting.fitted import Model
    from perfreport.forecasting.replay import Outcome, System
    from perfreport.model.configuration import SettingValue

_REACHED = 0.9  # a station busier than this limits
_KNEE = 0.85
_UNEXPLAINED = 0.5
_WORST_MISFIT = 0.2
_LEAST_ERROR = {
    ForecastQuantity.THROUGHPUT_LIMIT: 0.08,
    ForecastQuantity.THROUGHPUT_AT_OBJECTIVE: 0.12,
    ForecastQuantity.P95: 0.22,
}
_LEAST_SECONDS = 0.0005  # response times of a millisecond follow everything else on the host
_CPU_ERROR = 0.1
_FAR = 2.0  # a limit this far from what was measured is no opinion


@dataclass(frozen=True, slots=True)
class RequestOutlook:
    """Forecasts for requests, or why there are none."""

    forecasts: tuple[Forecast, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()
    next_bottleneck: Message | None = None
    bounds: tuple[Forecast, ...] = ()


def request_outlook(
    scene: Scene,
    model: Model,
    wanted: Mapping[str, SettingValue],
    target: float | None = None,
    *,
    database_full: bool = False,
) -> RequestOutlook:
    """Predict throughput and p95 after changes to what serves requests.

    `target`: the test's objective for p95 in seconds, for the throughput that still meets it.
    `database_full`: the test showed all that the database can serve.
    """
    refusal = _refusal(scene, model, wanted)
    if refusal is not None:
        return RequestOutlook(refusals=(refusal,))
    code = mended(scene, model.observed, model.demands, wanted)
    if isinstance(code, Refusal):
        return RequestOutlook(refusals=(code,))
    system, demands, assumptions = model.system, code.likely, code.assumptions
    instances = _instances(scene, wanted)
    if instances != 1:
        assumptions = (*assumptions, message("forecast.assumption.own-hosts"))
    pool = _whole(wanted, names.POOL, system.pool)
    threads = _whole(wanted, names.THREADS, system.threads)
    system = replace(
        system,
        pool=None if pool is None else round(pool * instances),
        threads=None if threads is None else round(threads * instances),
        consumers=round(system.consumers * instances),
        patience=float(wanted.get(names.PATIENCE, system.patience or 0)) or None,
    )
    variants = [demands, _scaled(code.best, -1), _scaled(code.worst, 1)]
    if demands.cpu is not None:
        variants = [
            replace(one, cpu=one.cpu and one.cpu.after(instances=instances)) for one in variants
        ]
    notes = _notes(scene, model, wanted, system)
    outcomes = [played(model.observed, one, system, model.edges) for one in variants]
    stuck = model.demands.contended and not any(map(of_code, wanted))
    if stuck:
        notes = (*notes, message("forecast.note.contended"))
    figures = _Forecasts(model, variants[0], system, outcomes[0], outcomes[1:], assumptions, stuck,
                         target)  # fmt: skip
    starved = model.filled >= _KNEE
    before, after = (
        resource_bounds(scene, model.observed, one, own, starved=starved)
        for one, own in ((model.demands, model.system), (variants[0], system))
    )
    if database_full and not any(map(of_code, wanted)):
        after = with_full_database(after, max(model.measured))
    if names.OF_CONSUMERS & wanted.keys():  # told by the lag itself
        after = tuple(one for one in after if one.resource != "consumers")
    following = None
    if not stuck:
        following = next_bottleneck(after, figures.shares(), figures.bound, figures.top)
    return RequestOutlook(
        tuple(figures.all()), figures.refusals(), notes, following, as_forecasts(after, before)
    )


def _instances(scene: Scene, wanted: Mapping[str, SettingValue]) -> float:
    """How many times as many instances there are after the change."""
    value = wanted.get(names.REPLICAS)
    return float(value) / replicas_today(scene) if isinstance(value, float) else 1.0


class _Forecasts:
    """Figures of one what-if."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one what-if
        self,
        model: Model,
        demands: Demands,
        system: System,
        after: Outcome,
        variants: Sequence[Outcome],
        assumptions: tuple[Message, ...],
        stuck: bool,
        target: float | None,
    ) -> None:
        self.target = target
        self.model, self.demands, self.system = model, demands, system
        self.after, self.variants, self.stuck = after, variants, stuck
        self.assumptions = assumptions
        self.top = max(after.rate(*edge) for edge in model.edges)

    @property
    def bound(self) -> Bound:
        """Whether the tested load still reaches a limit."""
        limited = self.stuck or any(share >= _REACHED for _, share in self.shares())
        return Bound.EXACT if limited else Bound.AT_LEAST

    def shares(self) -> list[tuple[str, float]]:
        """Stations with the share of their places in use at the highest throughput."""
        found = [
            (name, max(self.after.used(name, *edge) for edge in self.model.edges))
            for name in ("row", "pool", "threads", "cpu")
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
        if not self.stuck:
            found += self._at_objective()
            found.append(self._p95(None))
            found += [self._p95(place) for place in users]
        return found

    def refusals(self) -> tuple[Refusal, ...]:
        """Response times are not predicted where the model has no queue for what limits."""
        if not self.stuck:
            return ()
        return (Refusal(message("forecast.refusal.other-limit"), ForecastQuantity.P95),)

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
        least = _LEAST_SECONDS if quantity is ForecastQuantity.P95 else 0.0
        interval = (max(0.0, low * (1 - width) - least), high * (1 + width) + least)
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
        return Refusal(message("forecast.refusal.pool-free", filled=share(model.filled)))
    unexplained = model.demands.misfit > _UNEXPLAINED and not model.demands.contended
    if pool_asked and (not model.demands.pool_known or unexplained):
        return Refusal(message("forecast.refusal.pool-unexplained"))
    if names.THREADS in wanted:
        busy = [scene.value("tomcat.threads.utilization", "peak", one) for one in scene.windows]
        if max((one for one in busy if one is not None), default=0.0) < _KNEE:
            return Refusal(message("forecast.refusal.threads-free"))
    explained = any(map(of_code, wanted)) or model.demands.contended
    if model.error > _WORST_MISFIT and not explained:
        return Refusal(message("forecast.refusal.misfit", error=Quantity(model.error, Unit.RATIO)))
    return None


def _notes(
    scene: Scene, model: Model, wanted: Mapping[str, SettingValue], system: System
) -> tuple[Message, ...]:
    notes: list[Message] = []
    most = count_today(scene, "mysql.connections.max")
    more = names.POOL in wanted or names.REPLICAS in wanted
    if more and system.pool and most and system.pool > most:
        notes.append(message("forecast.note.beyond-max-connections", pool=system.pool, most=most))
    bigger = more and system.pool and system.pool > (model.system.pool or 0)
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


def _scaled(demands: Demands, sign: int) -> Demands:
    """Demands as they may be otherwise: holds by the misfit, at least by four percent."""
    factor = 1 + sign * float(np.clip(demands.misfit, 0.04, 0.15))
    visits = tuple(
        replace(one, hold=min(one.hold * factor, one.base), lock=one.lock * factor)
        for one in demands.visits
    )
    cpu = demands.cpu and replace(demands.cpu, each=demands.cpu.each * (1 + sign * _CPU_ERROR))
    return replace(demands, visits=visits, record=demands.record * factor, cpu=cpu)


def _whole(wanted: Mapping[str, SettingValue], name: str, today: int | None) -> int | None:
    value = wanted.get(name)
    return int(value) if isinstance(value, int | float) else today
