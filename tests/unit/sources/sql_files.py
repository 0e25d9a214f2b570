"""The samples of the SQL dialects, read the way `ingest` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from perfreport.model.source import Fact, SourceRef
from perfreport.sources._input import Input
from perfreport.sources._recognise import recognise

if TYPE_CHECKING:
    from perfreport.sources._spec import Reading, Source

SAMPLES = Path(__file__).parents[3] / "samples"
DIALECTS = (
    "slow-log-mysql",
    "slow-log-mariadb",
    "slow-log-percona",
    "slow-log-table",
    "statement-digest",
    "lock-waits-sys",
    "lock-waits-performance-schema",
    "lock-waits-information-schema",
    "innodb-status",
    "database-error-log",
    "global-status",
    "global-variables",
    "processlist",
)
FILES = [
    path
    for dialect in DIALECTS
    for path in sorted((SAMPLES / dialect).iterdir())
    if path.name != "manifest.yaml"
]
F = TypeVar("F", bound=Fact)


def source_of(path: Path | str) -> Source:
    path = SAMPLES / path
    found = recognise(Input(path.name, path).head)
    assert found.source is not None, path
    return found.source


def reading_of(path: Path | str) -> Reading:
    path = SAMPLES / path
    return source_of(path).read(Input(path.name, path))


def facts_of(path: Path | str) -> tuple[Fact, ...]:
    return reading_of(path).facts(SourceRef(str(path), "test"))


def fact_of(path: Path | str, kind: type[F]) -> F:
    return next(fact for fact in facts_of(path) if isinstance(fact, kind))


def read_text(text: str, name: str = "dump.txt") -> tuple[Source, Reading]:
    content = text.encode()
    found = recognise(Input(name, content=content).head).source
    assert found is not None
    return found, found.read(Input(name, content=content))
