"""Protects: OpenMetrics differs where it differs: counters, seconds, exemplars, `# EOF`."""

from __future__ import annotations

import gzip

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from perfreport.model.signal import Part
from perfreport.sources._exposition import parse_sample
from perfreport.sources._input import Head
from tests.unit.sources.metrics import (
    SAMPLES,
    one_series,
    plugin,
    read_sample,
    read_text,
    summary,
    values,
)

SAMPLE = SAMPLES / "openmetrics/spring-boot-overload.openmetrics.gz"


def test_samples_equal_prometheus_client() -> None:
    text = gzip.decompress(SAMPLE.read_bytes()).decode()
    expected = sorted(
        (sample.name, sorted(sample.labels.items()), str(float(sample.value)))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    )
    ours = [parse_sample(line) for line in text.splitlines() if not line.startswith("#")]
    assert (
        sorted((one[0], sorted(one[1].items()), str(float(one[2]))) for one in ours if one)
        == expected
    )
    assert read_sample("openmetrics", SAMPLE.name).records == len(expected)


def test_it_is_told_from_the_older_text() -> None:
    text = gzip.decompress(SAMPLE.read_bytes())
    head = Head("x", text[: 64 * 1024])
    assert plugin("openmetrics").sniff(head) > plugin("prometheus-text").sniff(head)
    older = gzip.decompress((SAMPLES / "prometheus-text/spring-boot-overload.prom.gz").read_bytes())
    assert plugin("openmetrics").sniff(Head("x", older[: 64 * 1024])) == 0.0


def test_seconds_exemplars_and_created() -> None:
    text = (
        "# TYPE hikaricp_connections_timeout counter\n"
        'hikaricp_connections_timeout_total{pool="a"} 61.0 1795350468.125\n'
        'hikaricp_connections_timeout_created{pool="a"} 1795350000.0\n'
        "# TYPE http_server_requests_seconds histogram\n"
        'http_server_requests_seconds_bucket{le="0.1",uri="/a"} 5'
        ' # {trace_id="x"} 0.04 1795350490.1\n'
        "# EOF\n"
    )
    reading = read_text("openmetrics", text)
    timeouts = one_series(reading, "hikaricp.connections.timeout")
    assert list(timeouts.times_ns) == [1795350468_125_000_000]
    assert values(timeouts) == [61.0]
    assert values(one_series(reading, "http.server.requests", Part.BUCKET)) == [5.0]
    assert summary(reading)["unknown_names"] == (("count", 0), ("examples", ()))


def test_end_marks_cut_scrapes() -> None:
    text = "# TYPE up gauge\nup 1\n# EOF\nsystem_cpu_usage 0.5\n# EOF\nup 0\n# EOF\n"
    assert summary(read_text("openmetrics", text))["scrapes"] == 3
