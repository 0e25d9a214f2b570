"""k6's own metrics: their types where a file does not tell (CSV, a torn beginning)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import Contains, MetricDeclaration, MetricType

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats

_TIMES = (
    "http_req_duration",
    "http_req_blocked",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
    "iteration_duration",
    "group_duration",
    "ws_connecting",
    "ws_session_duration",
    "ws_ping",
    "grpc_req_duration",
    "browser_http_req_duration",
    "browser_web_vital_fcp",
    "browser_web_vital_fid",
    "browser_web_vital_inp",
    "browser_web_vital_lcp",
    "browser_web_vital_ttfb",
)
_COUNTERS = (
    "http_reqs",
    "iterations",
    "dropped_iterations",
    "ws_sessions",
    "ws_msgs_sent",
    "ws_msgs_received",
    "grpc_streams",
    "grpc_streams_msgs_sent",
    "grpc_streams_msgs_received",
)
_BYTES = ["data_sent", "data_received", "browser_data_sent", "browser_data_received"]
_RATES = ["http_req_failed", "checks", "browser_http_req_failed"]

_BUILTIN: dict[str, tuple[MetricType, Contains]] = {
    **dict.fromkeys(_TIMES, (MetricType.TREND, Contains.TIME)),
    **dict.fromkeys(_COUNTERS, (MetricType.COUNTER, Contains.DEFAULT)),
    **dict.fromkeys(_BYTES, (MetricType.COUNTER, Contains.DATA)),
    **dict.fromkeys(_RATES, (MetricType.RATE, Contains.DEFAULT)),
    "vus": (MetricType.GAUGE, Contains.DEFAULT),
    "vus_max": (MetricType.GAUGE, Contains.DEFAULT),
    "browser_web_vital_cls": (MetricType.TREND, Contains.DEFAULT),
}

# Metrics whose samples stand at the end of what they measure.
MEASURED_BACKWARDS = (
    "http_req_duration",
    "iteration_duration",
    "group_duration",
    "ws_session_duration",
    "grpc_req_duration",
    "browser_http_req_duration",
)


def builtin(name: str) -> tuple[MetricType, Contains] | None:
    """Type and content of one of k6's own metrics; None for a metric of the script."""
    return _BUILTIN.get(name)


def guessed(name: str, values: Floats) -> MetricDeclaration:
    """The declaration of a metric that the file does not declare.

    k6's own metrics are known by name. A custom one whose samples are all 0 or 1, both present,
    is most likely a Rate; one of nothing but whole positive numbers a Counter; else a Trend.
    """
    known = _BUILTIN.get(name)
    if known is not None:
        return MetricDeclaration(name, *known, declared=False)
    distinct = np.unique(values[: 1 << 16])
    kind = MetricType.TREND
    if distinct.tolist() == [0.0, 1.0]:
        kind = MetricType.RATE
    elif distinct.tolist() == [1.0]:
        kind = MetricType.COUNTER
    return MetricDeclaration(name, kind, Contains.DEFAULT, declared=False)
