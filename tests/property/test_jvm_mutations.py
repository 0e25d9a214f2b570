"""Any damage to a sample: no traceback, losses counted, what is undamaged is kept."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfreport.model.source import SourceRef
from perfreport.sources import (
    app_log_json,
    app_log_text,
    gc_jdk8,
    gc_unified,
    jstat,
    thread_dump_file,
    thread_dump_json,
    thread_dump_text,
)
from perfreport.sources._input import Input
from tests.unit.sources.jvm_files import samples_of

SOURCES = tuple(
    module.PLUGIN
    for module in (
        app_log_json,
        app_log_text,
        gc_jdk8,
        gc_unified,
        jstat,
        thread_dump_file,
        thread_dump_json,
        thread_dump_text,
    )
)

if TYPE_CHECKING:
    from pathlib import Path


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


CASES = [(source, _content(path)[:20_000]) for source in SOURCES for path in samples_of(source)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damage_never_raises(data: st.DataObject) -> None:
    source, content = data.draw(st.sampled_from(CASES))
    mutated = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        kind = data.draw(st.sampled_from(["set", "cut", "insert", "swap"]))
        if kind == "set":
            mutated[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del mutated[at : at + data.draw(st.integers(1, 200))]
        elif kind == "insert":
            mutated[at:at] = data.draw(st.binary(max_size=30))
        else:
            other = data.draw(st.integers(0, len(mutated) - 1))
            mutated[at], mutated[other] = mutated[other], mutated[at]
        if not mutated:
            mutated += b"\n"
    given_input = Input("mutated", content=bytes(mutated))
    assert 0.0 <= source.sniff(given_input.head) <= 1.0
    reading = source.read(given_input)
    assert reading.skipped == sum(problem.count for problem in reading.problems)
    for fact in reading.facts(SourceRef("mutated", source.kind)):
        fact.shifted(1_000_000_000, fact.source)
