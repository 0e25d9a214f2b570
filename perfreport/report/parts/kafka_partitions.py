"""Partitions over the load: what each consumer group takes, what is produced, how far behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Style
from perfreport.model.kafka import COMMITTED, LAG, LOG_END
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.model.units import Quantity
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import SignalStats

_MOST_ROWS = 16
_NAMES = ("group", "topic", "partition", "produced", "consumed", "lag-peak")


def _build(story: Story) -> Sequence[Block]:
    several = len(story.tests) > 1
    rows = [
        (*((name_of(test.grade),) if several else ()), *cells)
        for test in story.tests
        for cells in _rows(test)
    ]
    if not rows:
        return ()
    headings = [message("column.test")] if several else []
    headings += [message(f"column.{name}") for name in _NAMES]
    grid = Grid(tuple(headings), tuple(rows), (message("part.kafka-partitions.window"),))
    return (limited(grid, _MOST_ROWS, message("order.name")),)


def _rows(test: TestAnalysis) -> Sequence[tuple[Cell, ...]]:
    stats = [
        one
        for one in test.measurements.signals
        if one.phase == WHOLE_RUN and one.n and not one.since_start
    ]
    produced = {
        (labels.get("topic"), labels.get("partition")): one
        for one in stats
        if one.signal == LOG_END and (labels := dict(one.labels))
    }
    consumed = {_key(one): one for one in stats if one.signal == COMMITTED}
    lags = {_key(one): one for one in stats if one.signal == LAG}
    rows = []
    for key in sorted(consumed.keys() | lags.keys(), key=_order):
        group, topic, partition = key
        taken, lag, written = consumed.get(key), lags.get(key), produced.get((topic, partition))
        rows.append((
            group,
            topic,
            int(partition) if partition and partition.isdigit() else partition,
            _mean(written),
            _mean(taken),
            None if lag is None or lag.peak is None else Quantity(lag.peak, lag.unit),
        ))
    return rows


def _key(one: SignalStats) -> tuple[str | None, str | None, str | None]:
    labels = dict(one.labels)
    return labels.get("group"), labels.get("topic"), labels.get("partition")


def _order(key: tuple[str | None, str | None, str | None]) -> tuple[str, str, int, str]:
    group, topic, partition = (part or "" for part in key)
    return group, topic, int(partition) if partition.isdigit() else -1, partition


def _mean(one: SignalStats | None) -> Cell:
    return None if one is None or one.mean is None else Quantity(one.mean, one.unit)


PLUGIN = Part(
    "kafka-partitions", "kafka", 30, message("part.kafka-partitions.title"), Style.LABEL, _build
)
