"""Reading metric samples in tests."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.signal import Part, Signals, SignalSeries
from perfreport.model.source import SourceRef
from perfreport.sources._input import Input

if TYPE_CHECKING:
    from perfreport.sources._spec import Reading, Source

SAMPLES = Path(__file__).parents[3] / "samples"


def plugin(source_id: str) -> Source:
    module = importlib.import_module(f"perfreport.sources.{source_id.replace('-', '_')}")
    found: Source = module.PLUGIN
    return found


def read_sample(source_id: str, name: str) -> Reading:
    path = SAMPLES / source_id / name
    return plugin(source_id).read(Input(name, path))


def read_text(source_id: str, text: str | bytes, name: str = "dump.txt") -> Reading:
    content = text.encode() if isinstance(text, str) else text
    return plugin(source_id).read(Input(name, content=content))


def series_of(reading: Reading) -> tuple[SignalSeries, ...]:
    facts = reading.facts(SourceRef("dump.txt", "metric-series"))
    return tuple(one for fact in facts if isinstance(fact, Signals) for one in fact.series)


def one_series(
    reading: Reading, signal: str, part: Part = Part.VALUE, **labels: str
) -> SignalSeries:
    found = [
        one
        for one in series_of(reading)
        if one.signal == signal
        and one.part is part
        and all(one.label(name) == value for name, value in labels.items())
    ]
    assert len(found) == 1, [(one.signal, one.part, one.labels) for one in found]
    return found[0]


def values(series: SignalSeries) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in series.values]


def summary(reading: Reading) -> dict[str, object]:
    return dict(reading.summary)
