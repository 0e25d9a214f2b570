"""What only the console tells: exceptions, failures, shortages, aborts; and no secret with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfreport.model.load import ConsoleLog, LoadSummary
from perfreport.sources import ingest

SAMPLES = Path(__file__).parents[3] / "samples" / "k6-console"
SECRETS = ("s3cr3t", "hunter2", "eyJhbGci", "abcdef0123456789", "file:/")


def console_of(path: Path) -> ConsoleLog:
    with ingest([str(path)]) as intake:
        (console,) = intake.runs[0].of(ConsoleLog)
        return console


def written(text: str, folder: Path) -> Path:
    path = folder / "console.log"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "sample", ["errors-1.1.log", "errors-json-1.1.log", "errors-terminal-1.1.log"]
)
def test_every_format_tells_the_same(sample: str) -> None:
    """Three runs of one script, logged as text, as JSON and by a terminal."""
    console = console_of(SAMPLES / sample)
    (exception,) = console.exceptions
    assert (
        exception.text == "TypeError: Cannot read property 'foo' of undefined at bad (s.js:6:316)"
    )
    assert (exception.count, exception.scenario) == (3, "errors")
    (failure,) = console.request_failures
    assert failure.count == 3
    assert failure.text.startswith('Get "http://127.0.0.1:1/x?secret=***": dial tcp')
    (shortage,) = console.insufficient_vus
    assert shortage.scenario == "few"
    assert sorted(event.count for event in console.script_output) == [3, 3]
    assert console.crossed_thresholds == "http_req_failed"
    assert console.aborted_by is None
    assert (console.complete_iterations, console.interrupted_iterations) == (40, 2)
    assert console.seconds == pytest.approx(3.05, abs=0.06)
    assert console.max_vus_seen == 4
    assert console.scenarios == ("errors", "few", "ok")


def test_raw_logs_keep_what_they_can() -> None:
    console = console_of(SAMPLES / "errors-raw-1.1.log")
    assert [event.count for event in console.exceptions] == [3]
    assert [event.count for event in console.request_failures] == [3]
    assert [event.count for event in console.insufficient_vus] == [1]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.log")), ids=lambda path: path.name)
def test_no_secret_and_no_folder_name_passes(path: Path) -> None:
    text = repr(console_of(path))
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize(
    ("sample", "cause"),
    [
        ("interrupted-1.1.log", "interrupt"),
        ("test-abort-1.1.log", "test.abort"),
        ("abort-on-fail-with-summary-json-1.1.log", "threshold"),
        ("setup-exception-1.1.log", "exception"),
        ("killed-1.1.log", None),
        ("order-load-1.1.log", None),
    ],
)
def test_why_a_run_was_cut_short(sample: str, cause: str | None) -> None:
    assert console_of(SAMPLES / sample).aborted_by == cause


def test_a_summary_printed_among_the_lines_is_read() -> None:
    with ingest([str(SAMPLES / "abort-on-fail-with-summary-json-1.1.log")]) as intake:
        (run,) = intake.runs
        summary = run.one(LoadSummary)
        (ref,) = [ref for ref in intake.sources if ref.kind == "k6-summary"]
    assert summary is not None
    assert summary.seconds == pytest.approx(1.999837073, rel=1e-12)
    assert [(t.metric, t.expression, t.ok) for t in summary.thresholds] == [
        ("errorRate", "rate<0.1", False)
    ]
    assert ref.lines == (21, 116)


def test_files_k6_says_it_writes() -> None:
    assert console_of(SAMPLES / "order-load-1.1.log").outputs == ("results.json", "results.csv")


def test_times_are_utc_with_the_zone_of_the_generator() -> None:
    """The sample was written in +09:00."""
    with ingest([str(SAMPLES / "order-load-1.1.log")]) as intake:
        (ref,) = intake.sources
    assert ref.start_ns == 1795349906 * 10**9  # 2026-11-22T21:18:26+09:00


def test_lost_samples_are_added_up(tmp_path: Path) -> None:
    line = (
        'time="2026-11-22T12:22:13Z" level=error msg="Sample(s) couldn\'t be marshalled to JSON" '
        'error="json: unsupported value: +Inf" failed={}\n'
    )
    path = written(line.format(2) + line.format(3), tmp_path)
    console = console_of(path)
    assert console.lost_samples == 5
    assert [event.count for event in console.other_errors] == [2]


def test_thresholds_with_odd_names_are_kept_verbatim(tmp_path: Path) -> None:
    names = 'checks, http_req_duration{name : \\"GET /a, b\\"}'
    path = written(
        f'time="2026-11-22T12:22:13Z" level=error msg="thresholds on metrics \'{names}\' '
        'have been crossed"\n',
        tmp_path,
    )
    assert console_of(path).crossed_thresholds == names.replace("\\", "")


def test_wrapped_lines_are_unwrapped(tmp_path: Path) -> None:
    """docker compose and kubectl put names and times in front of every line."""
    plain = (SAMPLES / "interrupted-1.1.log").read_text("utf-8").splitlines()
    stamp = "2026-11-22T12:23:05.123456789Z "
    for prefix in ("k6-1  | ", stamp, f"k6-1  | {stamp}"):
        path = written("\n".join(prefix + line for line in plain), tmp_path)
        console = console_of(path)
        assert console.aborted_by == "interrupt"
        assert console.interrupted_iterations == 8


def test_texts_that_differ_in_numbers_only_are_counted_together(tmp_path: Path) -> None:
    line = 'time="2026-11-22T12:22:13Z" level=error msg="{}" source=console\n'
    texts = [f"order {n} failed after {n * 7}ms with status 500" for n in range(5000)]
    texts += ["order 1 failed after 7ms with status 503"]
    console = console_of(written("".join(map(line.format, texts)), tmp_path))
    assert [event.count for event in console.script_output] == [5000, 1]


def test_countless_texts_share_one_row(tmp_path: Path) -> None:
    words = ["".join(chr(97 + int(d)) for d in str(n)) for n in range(1000)]
    line = 'time="2026-11-22T12:22:13Z" level=warning msg="{}" source=console\n'
    console = console_of(written("".join(map(line.format, words)), tmp_path))
    assert sum(event.count for event in console.script_output) == 1000
    assert len(console.script_output) == 201
    assert console.script_output[0].text == "\u2026"
