"""What timers tell beside their means: percentiles from buckets, maxima that decay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._signal_lines import Line
from perfreport.model.signal import Part
from perfreport.signals.expression import Leaf

if TYPE_CHECKING:
    from perfreport.measure._signal_lines import Evaluation, Windows
    from perfreport.model.load import Tags
    from perfreport.model.signal import SignalSeries


def percentiles(
    evaluation: Evaluation, signal: str, share: float, windows: Windows
) -> dict[Tags, float]:
    """Percentile (0-1) per group, from what histogram buckets grew by in the windows.

    Linear inside a bucket, as Prometheus' histogram_quantile; in the open last bucket it is the
    highest finite bound. Groups without requests are left out.
    """
    found = {}
    for key, several in evaluation.groups(Leaf(signal, Part.BUCKET)).items():
        bounds: dict[float, float] = {}
        for one in several:
            grown = _grown(evaluation, one, windows)
            bound = _bound(one.label("le"))
            if bound is not None and grown is not None:
                bounds[bound] = bounds.get(bound, 0.0) + grown
        value = _quantile(bounds, share)
        if value is not None:
            found[key] = value
    return found


def maxima(evaluation: Evaluation, signal: str, windows: Windows) -> dict[Tags, tuple[float, bool]]:
    """Largest recorded value per group, and whether it may stem from before the windows.

    Exporters' maxima decay over one to three minutes, so a level that only falls in a window was
    reached before it; a level that rises was reached in it.
    """
    found = {}
    for key, several in evaluation.groups(Leaf(signal, Part.MAX)).items():
        risen: list[float] = []
        bound: list[float] = []
        for one in several:
            inside = Line(key, one.times_ns, one.values).within(windows)
            bound.extend(inside)
            rises = one.values[1:] > np.nan_to_num(one.values[:-1], nan=0.0)
            rising = Line(key, one.times_ns[1:], np.where(rises, one.values[1:], np.nan))
            risen.extend(rising.within(windows))
        if risen:
            found[key] = (float(max(risen)), False)
        elif bound:
            found[key] = (float(max(bound)), bool(max(bound) > 0))
    return found


def _grown(evaluation: Evaluation, one: SignalSeries, windows: Windows) -> float | None:
    growth = evaluation.growth(one)
    if not len(growth.times_ns):
        return None
    pieces = [growth.over(start, end) for start, end in windows]
    known = [piece.amount for piece in pieces if piece.seconds > 0]
    return sum(known) if known else None


def _bound(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _quantile(bounds: dict[float, float], share: float) -> float | None:
    """`bounds`: cumulative counts by upper bound, `inf` among them."""
    total = bounds.get(float("inf"), 0.0)
    finite = sorted(bound for bound in bounds if np.isfinite(bound))
    if total <= 0 or not finite:
        return None
    rank = share * total
    below, lower = 0.0, 0.0
    for bound in finite:
        count = bounds[bound]
        if count >= rank:
            return lower + (bound - lower) * (rank - below) / max(count - below, 1e-12)
        below, lower = count, bound
    return finite[-1]
