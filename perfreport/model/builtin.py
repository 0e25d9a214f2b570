"""k6's own metrics and what they hold, for where a file does not tell."""

from __future__ import annotations

from perfreport.model.load import Contains, MetricType

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

BUILTIN: dict[str, tuple[MetricType, Contains]] = {
    **dict.fromkeys(_TIMES, (MetricType.TREND, Contains.TIME)),
    **dict.fromkeys(_COUNTERS, (MetricType.COUNTER, Contains.DEFAULT)),
    **dict.fromkeys(_BYTES, (MetricType.COUNTER, Contains.DATA)),
    **dict.fromkeys(_RATES, (MetricType.RATE, Contains.DEFAULT)),
    "vus": (MetricType.GAUGE, Contains.DEFAULT),
    "vus_max": (MetricType.GAUGE, Contains.DEFAULT),
    "browser_web_vital_cls": (MetricType.TREND, Contains.DEFAULT),
}
