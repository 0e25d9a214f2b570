"""Lag of Kafka consumers after a change of partitions, threads or batch size."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.today import count_today, replicas_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.backlog import course, observe_backlog, spread_evenly
from perfreport.model.forecast import Forecast, ForecastQuantity, Refusal
from perfreport.model.message import Message, message
from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.diagnosis.scene import Scene
    from perfreport.forecasting.backlog import Backlog, Course
    from perfreport.model.configuration import SettingValue

_UNSTEADY = 0.15
_WORST_MISFIT = 0.25
_LEAST_ERROR = 0.08
_UNEVEN = 0.05
_SAMPLED = 2.0  # seconds between two looks at the lag
_BATCH_COST = 0.1  # what each further record of a batch costs beside the first, at most


@dataclass(frozen=True, slots=True)
class ConsumerOutlook:
    """Forecasts for the lag, or why there are none."""

    forecasts: tuple[Forecast, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()


def consumer_outlook(scene: Scene, wanted: Mapping[str, SettingValue]) -> ConsumerOutlook:
    """Predict the highest lag and the time to work it off."""
    seen = observe_backlog(scene)
    instances_only = wanted.keys() & names.OF_CONSUMERS == {names.REPLICAS}
    if instances_only and not (seen and seen.fell_behind and seen.spread <= _UNSTEADY):
        return ConsumerOutlook()
    partitions, each = (count_today(scene, one) for one in (names.PARTITIONS, names.CONSUMERS))
    threads = None if each is None else each * replicas_today(scene)
    if seen is None:
        return _refused(message("forecast.refusal.kept-up"))
    if seen.spread > _UNSTEADY:
        return _refused(message("forecast.refusal.unsteady-consumers"))
    if not partitions or not threads:
        return _refused(message("forecast.refusal.no-partitions"))
    working, poll = (
        min(partitions, threads),
        count_today(scene, "kafka.consumer.max-poll-records") or 500,
    )
    proof = course(seen.arrivals, seen.rate, working, seen.load_seconds, poll)
    error = abs(proof.lag_max / seen.lag_max - 1)
    if error > _WORST_MISFIT:
        return _refused(message("forecast.refusal.misfit", error=Quantity(error, Unit.RATIO)))
    speed = seen.rate / working
    after = _After.of(scene, wanted, partitions, threads, poll)
    arrivals = spread_evenly(seen.arrivals, after.partitions)
    width = max(_LEAST_ERROR, error, 2 * seen.spread)
    gain = after.batch / (1 + _BATCH_COST * (after.batch - 1)) if after.batch > 1 else 1.0
    best, rate = after.batch * speed * after.working, gain * speed * after.working
    value = course(arrivals, rate, after.working, seen.load_seconds, poll)
    slower = course(arrivals, rate * (1 - width / 2), after.working, seen.load_seconds, poll)
    faster = course(arrivals, best * (1 + width / 2), after.working, seen.load_seconds, poll)
    formula = message(
        "forecast.formula.consumers",
        partitions=after.partitions,
        threads=after.threads,
        record=Quantity(1 / (gain * speed), Unit.SECONDS),
        rate=Quantity(rate, Unit.PER_SECOND),
    )
    return ConsumerOutlook(
        tuple(_figures(seen, value, (faster, slower), width, formula, after, (rate, best))),
        notes=after.notes,
    )


@dataclass(frozen=True, slots=True)
class _After:
    partitions: int
    threads: int
    working: int
    batch: int
    notes: tuple[Message, ...]

    @classmethod
    def of(
        cls,
        scene: Scene,
        wanted: Mapping[str, SettingValue],
        partitions: int,
        threads: int,
        poll: int,
    ) -> _After:
        """The consumers after the change, and what is wrong with it."""
        partitions = _whole(wanted, names.PARTITIONS, partitions)
        instances = replicas_today(scene)
        each = _whole(wanted, names.CONSUMERS, threads // instances)
        threads = each * _whole(wanted, names.REPLICAS, instances)
        batch = min(_whole(wanted, names.BATCH, 1), poll)
        working, notes = min(partitions, threads), []
        if partitions > threads and names.PARTITIONS in wanted:
            notes.append(
                message("forecast.note.few-consumers", partitions=partitions, threads=threads)
            )
        if threads > partitions and wanted.keys() & {names.CONSUMERS, names.REPLICAS}:
            notes.append(
                message("forecast.note.idle-consumers", partitions=partitions, threads=threads)
            )
        pool = _whole(wanted, names.POOL, count_today(scene, names.POOL) or 0)
        pool *= threads // max(each, 1)
        if pool and working > pool:
            notes.append(message("forecast.note.pool-below-consumers", pool=pool, threads=working))
            working = pool
        return cls(partitions, threads, working, batch, tuple(notes))


def _figures(
    seen: Backlog,
    value: Course,
    around: tuple[Course, Course],
    width: float,
    formula: Message,
    after: _After,
    rates: tuple[float, float],
) -> list[Forecast]:
    assumptions = [message("forecast.assumption.same-arrivals")]
    if after.partitions != len(seen.arrivals.shares):
        assumptions.append(message("forecast.assumption.even-keys"))
    if after.batch > 1:
        assumptions.append(message("forecast.assumption.batch", size=after.batch))
    said = tuple(assumptions)
    rate, best = rates
    # Even consumers that keep up show the records that arrive while a poll is worked off.
    least = float(seen.arrivals.rates.max()) * after.batch * after.working / rate
    lags = [max(one.lag_max, least) for one in (value, *around)]
    if value.lag_max <= least:
        # A few records more or less in flight: how many depends on when somebody looks.
        lags += [0.0, 3 * least]
    found = [
        Forecast(
            ForecastQuantity.KAFKA_LAG_MAX, (), seen.lag_max, float(round(lags[0])),
            (float(floor(min(lags) * (1 - width))), float(ceil(max(lags) * (1 + width)))),
            Unit.COUNT, formula, said,
        )
    ]  # fmt: skip
    found.append(
        Forecast(
            ForecastQuantity.KAFKA_CONSUME_RATE, (), seen.rate, rate,
            (rate * (1 - width), best * (1 + width)), Unit.PER_SECOND, formula, said,
        )
    )  # fmt: skip
    if value.drain is not None:
        drains = [one.drain for one in (value, *around) if one.drain is not None]
        interval = (max(0.0, min(drains) - _SAMPLED), max(drains) + _SAMPLED)
        found.append(
            Forecast(
                ForecastQuantity.KAFKA_DRAIN_TIME, (), seen.drain, value.drain, interval,
                Unit.SECONDS, formula, said,
            )
        )  # fmt: skip
    return found


def _refused(reason: Message) -> ConsumerOutlook:
    quantities = (
        ForecastQuantity.KAFKA_LAG_MAX,
        ForecastQuantity.KAFKA_DRAIN_TIME,
        ForecastQuantity.KAFKA_CONSUME_RATE,
    )
    return ConsumerOutlook(refusals=tuple(Refusal(reason, one) for one in quantities))


def _whole(wanted: Mapping[str, SettingValue], name: str, today: int) -> int:
    value = wanted.get(name)
    return int(value) if isinstance(value, int | float) else today
