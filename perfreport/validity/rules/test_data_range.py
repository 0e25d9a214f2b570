"""The script asks for test data that does not exist.

Symptom: 404 on an endpoint that otherwise answers, while the script itself does not call it an
error: it counts the iteration as skipped, or leaves it out of its own error rate.
Why it hurts: skipped iterations never reach the expensive steps, so the system met less load than
planned; a 404 is often the fastest answer there is and flatters the latency; and k6's
http_req_failed and the script's error rate tell two different stories.
How detected: endpoints with at least 5 and at least 1 % of 404 among answers that succeed, and
either a counter of the script that equals the number of 404 within 10 %, or an error rate of the
script below half of the failed share of all requests. At least 1 % of all requests is
questionable, less is a note.
False positives: 404 that the script expects (and so k6 does not count as failed) is part of the
test and left out unless a counter of skips matches it. A real fault of the system that answers
404 would be an error to the script as well.
Reference: k6 documentation, "http.setResponseCallback".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import LoadSamples, MetricType
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt, figures, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Cell, Finding
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance
    from perfreport.store import SampleStore

FEWEST = 5
OF_ENDPOINT = 0.01
QUESTIONABLE = 0.01  # of all requests
SAME = 0.10
SKIPS = ("notfound", "not_found", "404", "skip", "missing")
ERRORS = ("err", "fail")
MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers of one endpoint; `unexpected` 404 are those that k6 counts as failed."""

    name: str
    requests: int
    not_found: int
    unexpected: int


def _tagged(case: Case) -> bool:
    samples = case.run.one(LoadSamples)
    return samples is not None and {"status", "name"} <= set(samples.store.tag_keys)


def detect(case: Case) -> Iterator[Finding]:
    """Report endpoints whose test data runs out."""
    samples = samples_of(case)
    store = samples.store
    endpoints = [
        endpoint
        for endpoint in _endpoints(store)
        if endpoint.not_found >= FEWEST
        and endpoint.not_found >= OF_ENDPOINT * endpoint.requests
        and endpoint.not_found < endpoint.requests
    ]
    not_found = sum(endpoint.not_found for endpoint in endpoints)
    if not not_found:
        return
    requests = store.count("http_reqs")
    counter = _skip_counter(store, not_found)
    failed = sum(total.nonzero for total in store.totals("http_req_failed"))
    own = _own_error_rate(store)
    unexpected = sum(endpoint.unexpected for endpoint in endpoints)
    disagrees = own is not None and unexpected >= FEWEST and own[1] < failed / requests / 2
    if counter is None and not disagrees:
        return
    rows: list[tuple[Message, Cell, Provenance | None]] = [
        (message("validity.label.not-found"), not_found, within(samples)),
        (message("validity.label.failed-share"), share(failed / requests), within(samples)),
    ]
    if counter is not None:
        rows.append((message("validity.label.counter", name=counter[0]), round(counter[1]), None))
    if own is not None:
        rows.append((message("validity.label.rate", name=own[0]), share(own[1]), None))
    level = (
        ValidityLevel.QUESTIONABLE if not_found >= QUESTIONABLE * requests else ValidityLevel.VALID
    )
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.test-data-range.title"),
        summary=message(
            "findings.test-data-range.summary",
            not_found=not_found,
            share=share(not_found / requests),
            endpoint=max(endpoints, key=lambda each: each.not_found).name,
        ),
        effect=message("findings.test-data-range.effect-questionable")
        if level is ValidityLevel.QUESTIONABLE
        else message("findings.test-data-range.effect-valid"),
        evidence=(
            figures(*rows),
            Table(
                title=message("findings.test-data-range.table"),
                headings=(
                    message("validity.label.endpoint"),
                    message("validity.label.requests"),
                    message("validity.label.not-found"),
                    message("validity.label.not-found-share"),
                ),
                rows=tuple(
                    (
                        each.name,
                        each.requests,
                        each.not_found,
                        share(each.not_found / each.requests),
                    )
                    for each in sorted(endpoints, key=lambda each: -each.not_found)[:MOST_ROWS]
                ),
                provenance=(within(samples),),
            ),
        ),
        remedies=(message("findings.test-data-range.remedy"),),
    )


def _endpoints(store: SampleStore) -> list[Endpoint]:
    found = store.samples("http_reqs")
    names, labels = store.codes("name")
    statuses, values = store.codes("status")
    expected, answers = store.codes("expected_response")
    missing = np.array([value == "404" for value in values] + [False])
    refused = np.array([answer == "false" for answer in answers] + [False])
    name = names[found.tagsets]
    not_found = missing[statuses[found.tagsets]]
    unexpected = not_found & refused[expected[found.tagsets]]
    length = len(labels)
    known = name >= 0
    counts = [
        np.bincount(name[known & mask], minlength=length)
        for mask in (np.ones(len(name), bool), not_found, unexpected)
    ]
    return [
        Endpoint(labels[code], int(counts[0][code]), int(counts[1][code]), int(counts[2][code]))
        for code in range(length)
        if counts[1][code]
    ]


def _skip_counter(store: SampleStore, not_found: int) -> tuple[str, float] | None:
    for declaration in store.declarations:
        name = declaration.name
        if declaration.type is not MetricType.COUNTER or not _speaks_of(name, SKIPS):
            continue
        total = sum(part.sum for part in store.totals(name))
        if abs(total - not_found) <= max(SAME * not_found, 1):
            return name, total
    return None


def _own_error_rate(store: SampleStore) -> tuple[str, float] | None:
    for declaration in store.declarations:
        name = declaration.name
        if declaration.type is not MetricType.RATE or name in {"http_req_failed", "checks"}:
            continue
        if _speaks_of(name, ERRORS) and store.count(name):
            nonzero = sum(part.nonzero for part in store.totals(name))
            return name, nonzero / store.count(name)
    return None


def _speaks_of(name: str, words: tuple[str, ...]) -> bool:
    return any(word in name.lower() for word in words)


PLUGIN = Rule(
    "test-data-range",
    Category.VALIDITY,
    (SAMPLES, Need(message("validity.need.status-tags"), _tagged)),
    detect,
)
