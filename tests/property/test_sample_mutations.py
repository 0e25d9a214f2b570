"""Bad input is normal: whatever happens to the bytes of a sample, it never ends in a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfreport.model.source import SourceRef
from perfreport.sources._input import Input
from perfreport.sources._recognise import all_sources, recognise

if TYPE_CHECKING:
    from perfreport.sources._spec import Reading, Source

SAMPLES = Path(__file__).parents[2] / "samples"
LARGEST = 48 * 1024  # a slice of each sample: mutations matter, not volume
CASES = {
    f"{source.id}/{path.name}": (source, path)
    for source in all_sources()
    for path in sorted((SAMPLES / source.id).glob("*"))
    if path.is_file() and path.name != "manifest.yaml"
}


def _content(path: Path) -> bytes:
    with Input(path.name, path).open() as stream:
        return stream.read(LARGEST)


def _read(source: Source, content: bytes, folder: Path) -> Reading:
    """Read as ingest does, though the file may no longer be recognised."""
    path = folder / "input"
    path.write_bytes(content)
    given_input = Input("input", path, workspace=folder)
    recognise(given_input.head)
    reading = source.read(given_input)
    ref = SourceRef("input", source.kind, records=reading.records, skipped=reading.skipped)
    for fact in reading.facts(ref):
        store = getattr(fact, "store", None)
        if store is not None:
            store.close()
    assert reading.records >= 0
    assert reading.skipped >= 0
    if reading.start_ns is not None and reading.end_ns is not None:
        assert reading.start_ns <= reading.end_ns
    return reading


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_cut_sample_is_read_up_to_the_cut(case: str, tmp_path: Path) -> None:
    source, path = CASES[case]
    content = _content(path)
    for share in (0.0, 0.37, 0.71):
        _read(source, content[: int(len(content) * share)], tmp_path)


@pytest.mark.parametrize("case", sorted(CASES))
def test_garbage_in_the_middle_is_survived(case: str, tmp_path: Path) -> None:
    source, path = CASES[case]
    content = _content(path)
    middle = len(content) // 2
    for garbage in (b"\x00\xff\xfe{[(<\r\n", b"\n" + b"9" * 400 + b"\n", b'"' * 7):
        _read(source, content[:middle] + garbage + content[middle:], tmp_path)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=st.sampled_from(sorted(CASES)), mutate=st.data())
def test_any_mutation_is_survived(case: str, mutate: st.DataObject, tmp_path: Path) -> None:
    source, path = CASES[case]
    content = bytearray(_content(path))
    places = st.integers(0, max(len(content) - 1, 0))
    for _ in range(mutate.draw(st.integers(1, 8))):
        at = mutate.draw(places)
        match mutate.draw(st.sampled_from(["flip", "delete", "insert", "repeat"])):
            case "flip" if at < len(content):
                content[at] ^= mutate.draw(st.integers(1, 255))
            case "delete":
                del content[at : at + mutate.draw(st.integers(1, 400))]
            case "insert":
                content[at:at] = mutate.draw(st.binary(min_size=1, max_size=40))
            case _:
                content[at:at] = content[at : at + 200]
    _read(source, bytes(content), tmp_path)
