"""The incident response document: from measured values only, and short where nothing happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.errors import UsageError
from perfreport.measure.signals import run_signals, signal_statistics
from perfreport.model.analysis import Diagnosis
from perfreport.model.document import Bullets, Grid
from perfreport.model.finding import Role
from perfreport.model.grade import FailOn, ValidityLevel, Verdict
from perfreport.model.message import Message
from perfreport.model.report import Companion
from perfreport.model.units import Quantity
from perfreport.model.validity import Validity
from perfreport.render import find_formats
from perfreport.render.i18n import Catalogue, languages
from perfreport.render.output import write, write_companions
from perfreport.report import build
from tests import story
from tests.rules.served import Stage, findings, served

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Section
    from perfreport.model.report import Document, Report


def report_of(*tests: TestAnalysis) -> Report:
    return build(tests, story.intake(*tests), FailOn.FAIL, companions=(Companion.INCIDENT,))


def document_of(*tests: TestAnalysis) -> Document:
    (document,) = report_of(*tests).companions
    return document


def ids(document: Document) -> list[str]:
    return [section.id for section in document.sections]


def part(document: Document, name: str) -> Section:
    return next(section for section in document.sections if section.id == name)


def grids(section: Section) -> list[Grid]:
    return [block for one in section.walk() for block in one.blocks if isinstance(block, Grid)]


def exhausted() -> TestAnalysis:
    """A pool that is calm in its first stage and full in the later ones."""
    calm = Stage(pool=10, active=3, pending=0)
    full = Stage(pool=10, active=10, pending=30, vus=60, p95=2.0)
    case = served(calm, full, full)
    (symptom,) = findings("pool-exhausted", case)
    signals = signal_statistics(run_signals(case.run), case.phases)
    return replace(
        story.load_test(),
        run=case.run,
        phases=case.phases,
        measurements=replace(case.measurements, signals=signals),
        diagnosis=Diagnosis((replace(symptom, role=Role.CAUSE),)),
    )


def test_it_is_made_on_request_only() -> None:
    assert build((story.load_test(),), story.intake(), FailOn.FAIL).companions == ()


def test_a_healthy_run_gives_a_short_and_honest_page() -> None:
    healthy = replace(story.load_test(verdict=Verdict.PASS), diagnosis=Diagnosis())
    document = document_of(healthy)
    assert ids(document) == ["situation", "signals", "contacts"]
    (said,) = part(document, "situation").blocks[0].sentences  # type: ignore[union-attr]
    assert said.key == "incident.situation.none"


def test_a_run_that_tells_nothing_of_the_system_names_no_incident() -> None:
    void = replace(story.stress_test(), validity=Validity(ValidityLevel.INVALID))
    document = document_of(void)
    assert "actions" not in ids(document)
    assert "timeline" not in ids(document)
    (said,) = part(document, "situation").blocks[0].sentences  # type: ignore[union-attr]
    assert said.key == "incident.situation.void"


def test_a_cause_has_actions_a_way_back_an_owner_and_a_notice() -> None:
    document = document_of(story.stress_test())
    assert ids(document) == [
        "situation", "signals", "actions", "rollback", "contacts", "notices"
    ]  # fmt: skip
    actions = part(document, "actions")
    hold = actions.blocks[0]
    assert isinstance(hold, Bullets)
    assert dict(hold.items[0].text.params)["rate"].value == 82.0  # type: ignore[union-attr]
    assert len(actions.sections) == 1
    ((change, back, files),) = grids(part(document, "rollback"))[0].rows
    assert (change, back) == (story.said("title"), story.said("rollback"))
    assert isinstance(files, Message)
    assert dict(files.params)["texts"] == ("app.yml",)
    roles = [row[0] for row in grids(part(document, "contacts"))[0].rows]
    assert len(roles) == 3


def test_the_timeline_is_in_the_order_of_time() -> None:
    (grid,) = grids(part(document_of(exhausted()), "timeline"))
    elapsed = [row[1].value for row in grid.rows if isinstance(row[1], Quantity)]
    assert elapsed == sorted(elapsed)
    kinds = [row[2].key for row in grid.rows if isinstance(row[2], Message)]
    assert kinds.count("incident.kind.cause") == 1
    assert kinds.index("incident.kind.cause") > kinds.index("incident.kind.load")


def test_an_alarm_lies_between_calm_and_incident() -> None:
    rows = grids(part(document_of(exhausted()), "signals"))[-1].rows
    assert rows
    for _, _, calm, worst, alarm in rows:
        assert isinstance(calm, Quantity)
        assert isinstance(worst, Quantity)
        assert isinstance(alarm, Message)
        limit = dict(alarm.params)["limit"]
        assert isinstance(limit, Quantity)
        assert calm.value <= limit.value < worst.value


@pytest.mark.parametrize("language", languages())
def test_it_is_written_beside_the_report_in_every_format_for_people(
    tmp_path: Path, language: str
) -> None:
    report, words = report_of(*story.everything()), Catalogue(language)
    for fmt in find_formats(["md", "html", "json"]):
        write(fmt, report, words, tmp_path)
        write_companions(fmt, report, words, tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["incident.html", "incident.md", "report.html", "report.json", "report.md"]
    assert "(incident.md)" in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert 'href="incident.html"' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_one_format_on_standard_output_has_no_room_for_it(tmp_path: Path) -> None:
    from perfreport.commands.analyze import Request, run

    with pytest.raises(UsageError):
        run(Request(paths=["-"], output=tmp_path, formats=(), stdout="md",
                    companions=(Companion.INCIDENT,)))  # fmt: skip
