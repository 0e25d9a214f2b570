"""Errors, statuses, checks and scenarios of a run as rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._endpoints import shortened
from perfreport.measure._requests import NONE, grouped
from perfreport.model.load import LoadSummary
from perfreport.model.measurement import CheckRow, ErrorRow, ScenarioRow, Series, StatusRow
from perfreport.model.units import NS_PER_SECOND
from perfreport.store import present_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.measure._requests import Requests
    from perfreport.model.measurement import Integers
    from perfreport.model.run import TestRun
    from perfreport.store import SampleStore

_SERIES = ("vus", "vus_max")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s\"']+")


def errors_of(store: SampleStore, requests: Requests) -> tuple[ErrorRow, ...]:
    """Failed requests by error code, error text and status; the most frequent first.

    `endpoint` and `scenario` are those of most of the row's requests. Addresses in error texts
    are left out: they may hold tokens.
    """
    kinds = _combined(store, ("error_code", "error", "status"))
    columns = [store.codes(key) for key in ("error_code", "error", "status")]
    answer = []
    for _, rows in grouped(np.where(requests.failed, kinds[requests.tagsets], NONE)):
        tagset = requests.tagsets[rows[0]]
        code, error, status = (_label(column, tagset) for column in columns)
        times = requests.times_ns[rows]
        answer.append(
            ErrorRow(
                error_code=code,
                error=None if error is None else shortened(_URL.sub("<url>", error)),
                status=status,
                count=len(rows),
                endpoint=_commonest(requests.endpoints[rows], requests.endpoint_names),
                scenario=_commonest(requests.scenarios[rows], requests.scenario_names),
                first_ns=int(times.min()),
                last_ns=int(times.max()),
            )
        )
    return tuple(
        sorted(
            answer,
            key=lambda row: (-row.count, row.error_code or "", row.status or "", row.error or ""),
        )
    )


def statuses_of(store: SampleStore, requests: Requests) -> tuple[StatusRow, ...]:
    """Requests by endpoint, method and status, with how many of them k6 counts as expected."""
    kinds = _combined(store, ("method", "status"))
    methods, statuses = store.codes("method"), store.codes("status")
    wide = int(kinds.max(initial=0)) + 1
    keys = (requests.endpoints.astype(np.int64) + 1) * wide + kinds[requests.tagsets]
    answer = []
    for key, rows in grouped(keys):
        tagset = requests.tagsets[rows[0]]
        endpoint = key // wide - 1
        answer.append(
            StatusRow(
                endpoint=None if endpoint < 0 else requests.endpoint_names[endpoint],
                method=_label(methods, tagset),
                status=_label(statuses, tagset) or "",
                count=len(rows),
                expected=len(rows) - int(np.count_nonzero(requests.failed[rows])),
            )
        )
    return tuple(sorted(answer, key=lambda row: (row.endpoint or "", row.method or "", row.status)))


def checks_of(run: TestRun, store: SampleStore | None) -> tuple[CheckRow, ...]:
    """Checks by group and scenario: from the samples, else from k6's summary."""
    if store is None or not store.count("checks"):
        rows = [check for summary in run.of(LoadSummary)[:1] for check in summary.checks]
        return tuple(CheckRow(row.group, row.name, None, row.passes, row.fails) for row in rows)
    found = store.samples("checks")
    sizes = len(store.codes("check")[0])
    total = np.bincount(found.tagsets, minlength=sizes)
    passes = np.bincount(found.tagsets[found.values != 0], minlength=sizes)
    columns = [store.codes(key) for key in ("group", "check", "scenario")]
    counts: dict[tuple[str, str, str | None], list[int]] = {}
    for tagset in np.flatnonzero(total).tolist():
        group, name, scenario = (_label(column, tagset) for column in columns)
        row = counts.setdefault((group or "", name or "", scenario), [0, 0])
        row[0] += int(passes[tagset])
        row[1] += int(total[tagset] - passes[tagset])
    ordered = sorted(counts.items(), key=lambda row: (row[0][0], row[0][1], row[0][2] or ""))
    return tuple(CheckRow(*place, *row) for place, row in ordered)


def scenarios_of(store: SampleStore) -> tuple[ScenarioRow, ...]:
    """Iterations, drops and requests by scenario, from its first start to its last sample."""
    iterations = {row.value: row for row in store.totals("iterations", "scenario")}
    dropped = {row.value: row for row in store.totals("dropped_iterations", "scenario")}
    requests = {row.value: row for row in store.totals("http_reqs", "scenario")}
    starts: dict[str | None, int] = {}
    for metric in ("iteration_duration", "http_req_duration"):
        for scenario, start in _starts(store, metric).items():
            starts[scenario] = min(start, starts.get(scenario, start))
    answer = []
    for scenario in sorted({*iterations, *dropped, *requests}, key=lambda name: name or ""):
        rows = [table[scenario] for table in (iterations, dropped, requests) if scenario in table]
        if scenario is None and not iterations.get(None):
            continue  # setup and teardown
        first = min(row.first_ns for row in rows)
        answer.append(
            ScenarioRow(
                scenario=scenario,
                iterations=round(iterations[scenario].sum) if scenario in iterations else 0,
                interrupted=None,
                dropped=dropped[scenario].sum if scenario in dropped else 0.0,
                requests=round(requests[scenario].sum) if scenario in requests else 0,
                first_ns=min(first, starts.get(scenario, first)),
                last_ns=max(row.last_ns for row in rows),
            )
        )
    return tuple(answer)


def series_of(store: SampleStore) -> tuple[Series, ...]:
    """k6's own gauges of virtual users, as sampled."""
    found = [(name, store.series(name)) for name in _SERIES if store.count(name)]
    return tuple(Series(name, None, samples.times_ns, samples.values) for name, samples in found)


def _starts(store: SampleStore, metric: str) -> dict[str | None, int]:
    found = store.samples(metric)
    began = found.times_ns - np.rint(np.nan_to_num(found.values) * NS_PER_SECOND).astype(np.int64)
    codes, labels = store.codes("scenario")
    mine = codes[found.tagsets]
    return {
        labels[code] if code >= 0 else None: int(began[mine == code].min())
        for code in present_codes(mine)
    }


def _combined(store: SampleStore, keys: tuple[str, ...]) -> Integers:
    """One number per tag set for the values of several tags together."""
    columns = np.stack([store.codes(key)[0] for key in keys], axis=1)
    _, numbers = np.unique(columns, axis=0, return_inverse=True)
    return numbers.ravel().astype(np.int64)


def _label(column: tuple[Integers, tuple[str, ...]], tagset: int) -> str | None:
    code = int(column[0][tagset])
    return None if code < 0 else column[1][code]


def _commonest(numbers: NDArray[np.int32], names: tuple[str, ...]) -> str | None:
    present = numbers[numbers >= 0]
    return names[int(np.bincount(present).argmax())] if len(present) else None
