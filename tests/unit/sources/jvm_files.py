"""Reading a sample or a few lines with one source, as ingest would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from perfreport.model.source import SourceRef
from perfreport.sources._input import Input

if TYPE_CHECKING:
    from perfreport.model.source import Fact
    from perfreport.sources._spec import Reading, Source

SAMPLES = Path(__file__).parents[3] / "samples"


@dataclass(frozen=True)
class Read:
    reading: Reading
    facts: tuple[Fact, ...]

    @property
    def fact(self):
        return self.facts[0]

    @property
    def summary(self):
        return dict(self.reading.summary)


def read_input(source: Source, given: Input) -> Read:
    reading = source.read(given)
    ref = SourceRef(given.name, source.kind, clock=reading.clock, notes=reading.notes)
    return Read(reading, reading.facts(ref))


def read_sample(source: Source, name: str) -> Read:
    path = SAMPLES / source.id / name
    return read_input(source, Input(name, path))


def read_text(source: Source, text: str | bytes) -> Read:
    content = text if isinstance(text, bytes) else text.encode()
    return read_input(source, Input("given.log", content=content))


def samples_of(source: Source) -> list[Path]:
    folder = SAMPLES / source.id
    return sorted(path for path in folder.iterdir() if path.name != "manifest.yaml")
