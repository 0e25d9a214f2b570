"""Declarations of metrics that a file does not declare (CSV, a torn beginning)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.builtin import BUILTIN
from perfreport.model.load import Contains, MetricDeclaration, MetricType

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats

# Metrics whose samples stand at the end of what they measure.
MEASURED_BACKWARDS = (
    "http_req_duration",
    "iteration_duration",
    "group_duration",
    "ws_session_duration",
    "grpc_req_duration",
    "browser_http_req_duration",
)


def guessed(name: str, values: Floats) -> MetricDeclaration:
    """The declaration of a metric that the file does not declare.

    k6's own metrics are known by name. A custom one whose samples are all 0 or 1, both present,
    is most likely a Rate; one of nothing but whole positive numbers a Counter; else a Trend.
    """
    known = BUILTIN.get(name)
    if known is not None:
        return MetricDeclaration(name, *known, declared=False)
    distinct = np.unique(values[: 1 << 16])
    kind = MetricType.TREND
    if distinct.tolist() == [0.0, 1.0]:
        kind = MetricType.RATE
    elif distinct.tolist() == [1.0]:
        kind = MetricType.COUNTER
    return MetricDeclaration(name, kind, Contains.DEFAULT, declared=False)
