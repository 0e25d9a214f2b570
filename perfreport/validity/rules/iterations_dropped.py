"""k6 dropped iterations: no VU was free when they fell due.

Symptom: `dropped_iterations` above zero.
Why it hurts: the load that reached the system was smaller than planned, and smallest just when
the system was slow. Latency and error rate look better than they would under the planned load.
How detected: dropped over started and dropped, for each scenario and in all. From 0.5 % on (and
at least 3) it is told, from 1 % the run is questionable, from 10 % no pass can be claimed.
False positives: a few drops while VUs between preAllocatedVUs and maxVUs are initialised, hence
the floor. In shared and per-VU iterations a drop means that maxDuration ran out.
Reference: k6 documentation, "Dropped iterations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.load import ConsoleLog
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule
from perfreport.validity._evidence import doubt, line_of, within
from perfreport.validity._needs import SAMPLES
from perfreport.validity._tally import by_scenario, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.finding import Finding
    from perfreport.model.message import Message
    from perfreport.rules import Case

FEWEST = 3
WORTH_TELLING = 0.005
QUESTIONABLE = 0.01
INVALID = 0.10


def detect(case: Case) -> Iterator[Finding]:
    """Report the drops, worst scenario first."""
    samples = samples_of(case)
    dropped = by_scenario(samples.store, "dropped_iterations")
    started = by_scenario(samples.store, "iterations")
    lost = sum(dropped.values())
    whole = lost + sum(started.values())
    shares = {
        name: count / (count + started.get(name, 0.0)) for name, count in dropped.items() if count
    }
    worst = max((s for name, s in shares.items() if dropped[name] >= FEWEST), default=0.0)
    if lost < FEWEST or max(lost / whole, worst) < WORTH_TELLING:
        return
    told = max(lost / whole, worst)
    level = (
        ValidityLevel.INVALID
        if lost / whole >= INVALID
        else ValidityLevel.QUESTIONABLE
        if told >= QUESTIONABLE
        else ValidityLevel.VALID
    )
    console = case.run.one(ConsoleLog)
    warnings = console.insufficient_vus if console is not None else ()
    rows = tuple(
        (name, round(started.get(name, 0.0)), round(dropped[name]), share(shares[name]))
        for name in sorted(shares, key=lambda name: (-shares[name], name or ""))
    )
    table = Table(
        title=message("findings.iterations-dropped.table"),
        headings=(
            message("validity.label.scenario"),
            message("validity.label.started"),
            message("validity.label.dropped"),
            message("validity.label.dropped-share"),
        ),
        rows=rows,
        provenance=(
            within(samples),
            *(line_of(console, event.line) for event in warnings if console is not None),
        ),
    )
    yield doubt(
        PLUGIN.id,
        level,
        title=message("findings.iterations-dropped.title"),
        summary=message(
            "findings.iterations-dropped.summary",
            dropped=round(lost),
            due=round(whole),
            share=share(lost / whole),
        ),
        effect=_effect(level),
        evidence=(table,),
        remedies=(message("findings.iterations-dropped.remedy"),),
    )


def _effect(level: ValidityLevel) -> Message:
    match level:
        case ValidityLevel.INVALID:
            return message("findings.iterations-dropped.effect-invalid")
        case ValidityLevel.QUESTIONABLE:
            return message("findings.iterations-dropped.effect-questionable")
        case ValidityLevel.VALID:
            return message("findings.iterations-dropped.effect-valid")


PLUGIN = Rule("iterations-dropped", Category.VALIDITY, (SAMPLES,), detect)
