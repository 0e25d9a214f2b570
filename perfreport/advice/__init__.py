"""What to change: every cause gets the remedies that address it, within the guards.

Nothing is proposed for symptoms, and for findings about the test only that it be mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport import registry
from perfreport.advice import remedies as remedies_package
from perfreport.advice._spec import AddOption, Edit, Proposal, Remedy, Replace
from perfreport.advice.diff import relative, unified
from perfreport.advice.edits import FileText
from perfreport.advice.expected import expecting
from perfreport.advice.futile import futile
from perfreport.advice.inventory import Inventory
from perfreport.advice.situation import Situation
from perfreport.model.advice import (
    Advice,
    Effort,
    FilePatch,
    Futile,
    Horizon,
    Recommendation,
    SettingChange,
)
from perfreport.model.finding import Category, Priority, Role, RuleError
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message

__all__ = ["advise", "expecting"]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfreport.model.analysis import Diagnosis
    from perfreport.model.finding import Finding
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun

_HORIZONS = tuple(Horizon)
_LOWER = {Priority.P0: Priority.P1, Priority.P1: Priority.P2, Priority.P2: Priority.P2}


def advise(run: TestRun, phases: Phases, diagnosis: Diagnosis) -> Advice:
    """Return what addresses the causes of a run, nearest horizon and highest priority first."""
    inventory = Inventory.of(run)
    known = registry.discover(remedies_package, Remedy)
    found: list[Recommendation] = list(_for_the_test(diagnosis.findings))
    edits: list[Edit] = []
    hopeless: list[Futile] = []
    errors: list[RuleError] = []
    for finding in _causes(diagnosis.findings):
        situation = Situation(run, phases, finding, inventory)
        hopeless += futile(situation)
        for remedy in known:
            if finding.rule not in remedy.addresses:
                continue
            try:
                proposals = tuple(remedy.propose(situation))
            except Exception as fault:  # noqa: BLE001 - shown in the report, never swallowed
                errors.append(RuleError(remedy.id, f"{type(fault).__name__}: {fault}"))
                continue
            found += [_recommended(remedy, one, situation) for one in proposals]
            edits += [edit for one in proposals for edit in one.edits]
    found.sort(key=lambda one: (_HORIZONS.index(one.horizon), one.priority.value))
    return Advice(
        tuple(found), tuple(hopeless), tuple(_patches(inventory, run, edits)), tuple(errors)
    )


def _causes(findings: Iterable[Finding]) -> list[Finding]:
    causes = [
        one
        for one in findings
        if one.category is not Category.VALIDITY and one.role is not Role.SYMPTOM
    ]
    return sorted(causes, key=lambda one: (one.rank or len(causes) + 1, one.rule))


def _for_the_test(findings: Iterable[Finding]) -> Iterator[Recommendation]:
    """Mend what makes the run doubtful, in the finding's own words."""
    for finding in findings:
        if finding.category is not Category.VALIDITY or not finding.remedies:
            continue
        if finding.validity in {None, ValidityLevel.VALID}:
            continue
        invalid = finding.validity is ValidityLevel.INVALID
        yield Recommendation(
            remedy="fix-test",
            horizon=Horizon.SHORT,
            priority=Priority.P0 if invalid else Priority.P1,
            finding=finding.rule,
            subject=finding.subject,
            title=message("remedies.fix-test.title", finding=finding.title),
            change=finding.remedies[0],
            effect=message("remedies.fix-test.effect"),
            risk=message("remedies.fix-test.risk"),
            rollback=message("remedies.fix-test.rollback"),
            verification=message("remedies.fix-test.verification"),
            effort=Effort.HOURS,
        )


def _recommended(remedy: Remedy, proposal: Proposal, situation: Situation) -> Recommendation:
    finding, words = situation.finding, f"remedies.{remedy.id}"
    priority = finding.priority or Priority.P1
    changes, files = _applied(situation.inventory, proposal.edits)
    diffs = [_diff(file, situation.run) for file in files]
    whole = len(changes) == len(proposal.edits) and None not in diffs
    notes = proposal.notes
    if proposal.edits and not whole:
        notes = (*notes, message("advice.no-diff"))
    return Recommendation(
        remedy=remedy.id,
        horizon=remedy.horizon,
        priority=priority if proposal.urgent else _LOWER[priority],
        finding=finding.rule,
        subject=finding.subject,
        title=message(f"{words}.title"),
        change=proposal.change,
        effect=proposal.effect,
        risk=message(f"{words}.risk"),
        rollback=message(f"{words}.rollback"),
        verification=message(f"{words}.verification"),
        effort=remedy.effort,
        changes=changes,
        diff="".join(diff for diff in diffs if diff) or None if whole else None,
        examples=proposal.examples,
        notes=notes,
        plan=proposal.plan,
    )


def _applied(
    inventory: Inventory, edits: Iterable[Edit]
) -> tuple[tuple[SettingChange, ...], tuple[FileText, ...]]:
    """Make edits in fresh copies of the files; the first edit of a setting wins."""
    files = {path: FileText(path, lines) for path, lines in inventory.lines}
    changes: list[SettingChange] = []
    done: set[str] = set()
    for edit in edits:
        name, place = _target(edit)
        file = files.get(place)
        if file is None or name in done:
            continue
        if isinstance(edit, Replace):
            change = file.replace(edit.setting, edit.value)
        elif isinstance(edit, AddOption):
            change = file.add_option(edit)
        else:
            change = file.insert_after(edit.sibling, edit.name, edit.key, edit.value, edit.unit)
        if change is not None:
            done.add(name)
            changes.append(change)
    touched = tuple(file for file in files.values() if file.changed or file.added)
    return tuple(changes), touched


def _target(edit: Edit) -> tuple[str, str]:
    if isinstance(edit, Replace):
        return edit.setting.name, edit.setting.path
    return edit.name, edit.path if isinstance(edit, AddOption) else edit.sibling.path


def _patches(inventory: Inventory, run: TestRun, edits: Iterable[Edit]) -> Iterator[FilePatch]:
    """All changes of configuration together, one diff per file."""
    _, files = _applied(inventory, edits)
    for file in files:
        diff = _diff(file, run)
        if diff is not None:
            yield FilePatch(file.path, diff)


def _diff(file: FileText, run: TestRun) -> str | None:
    folders = [
        ref.path.rpartition("/")[0] for ref in run.sources if ref.path.startswith(("/", ".."))
    ]
    return unified(file, relative(file.path, _shared(folders)))


def _shared(folders: list[str]) -> str:
    """The folder that holds all of them."""
    common: list[str] = []
    for parts in zip(*(folder.split("/") for folder in folders), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common)
