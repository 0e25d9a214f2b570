"""The run ended before its plan did.

Symptom: k6 was interrupted, terminated, killed or aborted by a threshold or by the script; or the
samples end while planned stages are still to come.
Why it hurts: what was planned for the rest (usually the highest load, or the recovery) was never
measured. A run that stops at the first sign of trouble would otherwise look best.
How detected: k6's console log and exit code; without them, VUs of the last tick whose iterations
are not in the samples or were all interrupted at the end; the last sign of life in the samples
against the last planned moment. Less than 95 % of the planned time, or an abort of unknown extent,
rules out a pass; an abort in the last 5 % is questionable.
False positives: a plan of another run is not compared (`plan-differs`). With `gracefulStop: 0s`
every run ends by interrupting its VUs; the plan, console log or exit code beside it settles that.
Exit code 99 alone does not tell whether thresholds aborted the run or were crossed at its end.
Reference: k6 documentation, "Exit codes" and "Abort a test when a threshold is crossed".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog, ExitStatus, LoadSamples
from perfreport.model.message import message
from perfreport.model.units import seconds, share
from perfreport.phases import ended_normally, seconds_by_k6
from perfreport.rules import Need, Rule
from perfreport.validity._chains import chains
from perfreport.validity._evidence import doubt, figures, line_of, within
from perfreport.validity._tally import in_flight, interrupted, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Cell, Finding
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance
    from perfreport.rules import Case

NEARLY_ALL = 0.95  # of the planned time
ALL = 0.999
BREAKS_OFF = 2  # VUs, and …
BREAKS_OFF_SHARE = 0.1  # … as a share of those at the last tick


def detect(case: Case) -> Iterator[Finding]:
    """Report an abort, or stages that were never reached."""
    ended = ended_normally(case.run)
    aborted = ended is False or (ended is None and _breaks_off(case))
    reached = _reached_share(case)
    if not aborted and (reached is None or reached >= ALL):
        return
    mild = reached is not None and reached >= NEARLY_ALL
    yield doubt(
        PLUGIN.id,
        ValidityLevel.QUESTIONABLE if mild else ValidityLevel.INVALID,
        title=message("findings.run-cut-short.title"),
        summary=_summary(case, reached, aborted=aborted),
        effect=message("findings.run-cut-short.effect-questionable")
        if mild
        else message("findings.run-cut-short.effect-invalid"),
        evidence=(figures(*_rows(case)),),
        remedies=(message("findings.run-cut-short.remedy"),),
    )


def _breaks_off(case: Case) -> bool:
    """Tell whether the VUs of the last tick left nothing behind, or were all stopped at once.

    A signal interrupts every running iteration; at a planned end they get time to finish.
    """
    samples = samples_of(case)
    if len(samples.paths) > 1:
        return False
    flight = in_flight(samples)
    if not len(flight.vus):
        return False
    stopped = interrupted(samples.store)
    reached = _reached_share(case)
    if reached is None and stopped >= max(BREAKS_OFF, NEARLY_ALL * float(flight.vus[-1])):
        return True
    if not chains(samples):
        return False
    hanging = float(flight.vus[-1] - flight.flying[-1]) - stopped
    return hanging >= max(BREAKS_OFF, BREAKS_OFF_SHARE * float(flight.vus[-1]))


def _reached_share(case: Case) -> float | None:
    end = case.phases.planned_end_ns
    if end is None or end <= case.phases.start_ns:
        return None
    return min((case.phases.end_ns - case.phases.start_ns) / (end - case.phases.start_ns), 1.0)


def _summary(case: Case, reached: float | None, *, aborted: bool) -> Message:
    ran = seconds(_ran(case))
    if reached is None or reached >= 1:
        return message("findings.run-cut-short.summary-aborted", ran=ran)
    if aborted:
        return message(
            "findings.run-cut-short.summary-aborted-early", ran=ran, reached=share(reached)
        )
    return message("findings.run-cut-short.summary-ends-early", ran=ran, reached=share(reached))


def _ran(case: Case) -> float:
    """Seconds of load; without samples what k6 says of the whole run."""
    if case.run.one(LoadSamples) is None:
        return seconds_by_k6(case.run) or 0.0
    return (case.phases.end_ns - case.phases.start_ns) / 1e9


def _rows(case: Case) -> list[tuple[Message, Cell, Provenance | None]]:
    sampled = case.run.one(LoadSamples) is not None
    window = (case.phases.start_ns, case.phases.end_ns)
    source = within(samples_of(case), *window) if sampled else None
    rows: list[tuple[Message, Cell, Provenance | None]] = [
        (message("validity.label.load-seconds"), seconds(_ran(case)), source)
    ]
    end = case.phases.planned_end_ns
    if end is not None:
        rows.append((
            message("validity.label.planned-seconds"),
            seconds((end - case.phases.start_ns) / 1e9),
            None,
        ))
    unreached = sum(not phase.reached for phase in case.phases.phases)
    if unreached:
        rows.append((message("validity.label.phases-not-reached"), unreached, None))
    console, status = case.run.one(ConsoleLog), case.run.one(ExitStatus)
    if console is not None and console.aborted_by is not None:
        rows.append((message("validity.label.aborted-by"), console.aborted_by, line_of(console)))
    if status is not None:
        rows.append((message("validity.label.exit-code"), status.code, line_of(status)))
    return rows


_HOW_IT_ENDED = Need(
    message("validity.need.samples"),
    lambda case: case.run.one(LoadSamples) is not None or ended_normally(case.run) is False,
)
PLUGIN = Rule("run-cut-short", Category.VALIDITY, (_HOW_IT_ENDED,), detect)
