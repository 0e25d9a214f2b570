"""Figures that k6 does not name but everybody asks for, from the counts that it does.

`success_rate`: share of requests that did not fail. `request_rate`: requests per second.
`throughput`: requests per second that did not fail. Without http_req_failed nobody knows how many
failed: then there is no success rate and no throughput.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from perfreport.model.measurement import Measurement, Selector

_BASES = (
    ("http_req_failed", "rate"),
    ("http_req_failed", "passes"),
    ("http_reqs", "count"),
    ("http_reqs", "rate"),
)


def bases(selector: Selector) -> tuple[Selector, ...]:
    """What has to be measured to answer a selector of a derived metric; empty for any other."""
    if selector.metric not in _DERIVED or selector.stat != "rate":
        return ()
    return tuple(replace(selector, metric=metric, stat=stat) for metric, stat in _BASES)


def derive(selector: Selector, measured: tuple[Measurement, ...]) -> Measurement:
    """Answer a selector from the answers to its `bases`, in their order."""
    failed, passes, count, rate = measured
    return _DERIVED[selector.metric](selector, failed, passes, count, rate)


def _success_rate(
    selector: Selector, failed: Measurement, passes: Measurement, *_: Measurement
) -> Measurement:
    interval = failed.interval and (1 - failed.interval[1], 1 - failed.interval[0])
    value = None if failed.value is None else 1 - failed.value
    if value is not None and passes.value is not None and failed.n:
        value = (failed.n - passes.value) / failed.n  # 1 - rate can be off by one last digit
    return replace(failed, selector=selector, value=value, interval=interval)


def _request_rate(
    selector: Selector, _: Measurement, __: Measurement, count: Measurement, rate: Measurement
) -> Measurement:
    value = rate.value if count.value else None
    return replace(rate, selector=selector, value=value, unit=Unit.PER_SECOND)


def _throughput(
    selector: Selector,
    failed: Measurement,
    passes: Measurement,
    count: Measurement,
    rate: Measurement,
) -> Measurement:
    value = None
    known = failed.value is not None and passes.value is not None
    if known and passes.value is not None and count.value and rate.value is not None:
        value = rate.value * (count.value - passes.value) / count.value
    return replace(rate, selector=selector, value=value, unit=Unit.PER_SECOND)


_DERIVED: dict[str, Callable[..., Measurement]] = {
    "success_rate": _success_rate,
    "request_rate": _request_rate,
    "throughput": _throughput,
}
