"""Endpoints: what a report calls the thing a request went to.

A `name` tag that the script set stays as it is. Where k6 had to take the full URL, the endpoint
is the method and the path, so that one address called with a thousand ids is one row: scheme,
userinfo, host and fragment are left out (the host stays where the run calls several), numbers,
UUIDs and long hexadecimal parts of the path become `{id}`. Query values may be tokens: in both
cases only their keys stay. Very long names are cut in the middle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.store import URL, without_ids, without_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.store import SampleStore

LONGEST = 120
MOST = 300
OTHER = "(other)"


def endpoint(name: str, method: str, *, with_host: bool = False) -> str:
    """The name of an endpoint by the tags `name` and `method` of its samples."""
    match = URL.fullmatch(name)
    if match is None:
        return shortened(without_values(name))
    host, path, query = match[2], without_ids(match[3] or "/"), match[4] or ""
    query = without_values(query) if len(query) > 1 else ""
    return shortened(f"{method} {host if with_host else ''}{path}{query}".strip())


def shortened(text: str) -> str:
    """Cut a long text in the middle."""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 30]}…{text[-29:]}"


def of_tagsets(
    store: SampleStore, requests: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The endpoint number of every tag set (-1: none), and the names of the endpoints.

    `requests` are the requests per tag set; beyond `MOST` endpoints the rarest are one.
    """
    names, name_labels = store.codes("name")
    methods, method_labels = store.codes("method")
    used = np.flatnonzero(requests)
    with_host = (
        len({
            match[2]
            for code in set(names[used].tolist())
            if code >= 0 and (match := URL.fullmatch(name_labels[code]))
        })
        > 1
    )
    numbers: dict[str, int] = {}
    known: dict[tuple[int, int], int] = {}
    answer = np.full(len(requests), -1, np.int64)
    for tagset in used.tolist():
        key = (int(names[tagset]), int(methods[tagset]))
        if key[0] < 0:
            continue
        if key not in known:
            method = method_labels[key[1]] if key[1] >= 0 else ""
            label = endpoint(name_labels[key[0]], method, with_host=with_host)
            known[key] = numbers.setdefault(label, len(numbers))
        answer[tagset] = known[key]
    return _limited(answer, tuple(numbers), requests)


def _limited(
    answer: NDArray[np.int64], names: tuple[str, ...], requests: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if len(names) <= MOST:
        return answer, names
    present = answer >= 0
    weight = np.bincount(answer[present], requests[present], len(names))
    kept = np.sort(np.argsort(-weight, kind="stable")[: MOST - 1])
    renumber = np.full(len(names), MOST - 1, np.int64)
    renumber[kept] = np.arange(MOST - 1)
    answer = np.where(present, renumber[answer], -1)
    return answer, (*(names[number] for number in kept), OTHER)
