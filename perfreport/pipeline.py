"""The map of the program: files → facts → measurements → grades → findings → advice → report.

Each stage is one package; its output type is the next stage's only input.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.advice import advise, expecting
from perfreport.clocks import align_all
from perfreport.diagnosis import diagnose
from perfreport.forecasting import forecast, improvements
from perfreport.grading import grade, load_campaign, load_thresholds, questions, specify
from perfreport.measure import measure
from perfreport.model.analysis import TestAnalysis
from perfreport.model.figure import Charts
from perfreport.model.grade import FailOn
from perfreport.phases import cut
from perfreport.report import build
from perfreport.sources import ingest
from perfreport.validity import assess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from perfreport.grading import Thresholds
    from perfreport.model.campaign import Campaign
    from perfreport.model.forecast import Change, Outlook
    from perfreport.model.report import Companion, Report
    from perfreport.model.run import Intake, TestRun
    from perfreport.sources import Progress


def analyze(
    paths: Sequence[str],
    *,
    thresholds: Sequence[Path] = (),
    test_id: str | None = None,
    fail_on: FailOn = FailOn.FAIL,
    charts: Charts = Charts.NONE,
    companions: Sequence[Companion] = (),
    progress: Progress | None = None,
) -> Report:
    """Read everything at `paths` and judge every test found there.

    Raises:
        PerfReportError: a named input is missing or unreadable, or thresholds can't be understood.
    """
    campaign = load_campaign(paths)
    targets = _targets(thresholds, campaign)
    with read(paths, progress, campaign) as intake:
        tests = tuple(analyze_run(run, targets, test_id) for run in intake.runs)
        return build(tests, intake, fail_on, charts, companions)


def _targets(given: Sequence[Path], campaign: Campaign | None) -> Thresholds:
    return load_thresholds((*given, *(campaign.thresholds if campaign else ())))


@contextmanager
def read(
    paths: Sequence[str], progress: Progress | None = None, campaign: Campaign | None = None
) -> Iterator[Intake]:
    """Read everything at `paths` on one clock; samples can be asked while the context lasts.

    The campaign is found at `paths` where it is not given.
    """
    campaign = campaign or load_campaign(paths)
    folder = [str(campaign.path.parent)] if campaign else paths
    with ingest(folder, progress, campaign) as intake:
        yield align_all(intake)


def analyze_run(run: TestRun, targets: Thresholds, test_id: str | None = None) -> TestAnalysis:
    """Take one run through every stage."""
    found = judged(run, targets, test_id)
    advice = advise(run, found.phases, found.diagnosis)
    outlooks, ladder = improvements(found, advice)
    diagnosis = replace(found.diagnosis, errors=(*found.diagnosis.errors, *advice.errors))
    advice = expecting(advice, outlooks)
    return replace(found, outlooks=outlooks, ladder=ladder, advice=advice, diagnosis=diagnosis)


def judged(run: TestRun, targets: Thresholds, test_id: str | None = None) -> TestAnalysis:
    """Take one run through every stage up to its diagnosis."""
    spec = specify(run, targets, test_id)
    phases = cut(run, spec)
    measurements = measure(run, phases, questions(spec, phases))
    validity = assess(run, phases, measurements)
    graded = grade(spec, phases, measurements, validity)
    diagnosis = diagnose(run, phases, measurements, validity, graded)
    return TestAnalysis(run, spec, phases, measurements, validity, graded, diagnosis)


def predict(
    paths: Sequence[str], changes: Sequence[Change], *, thresholds: Sequence[Path] = ()
) -> tuple[Outlook, ...]:
    """Read everything at `paths` and predict for every test what `changes` would have brought.

    Raises:
        PerfReportError: a named input is missing or unreadable, or thresholds can't be understood.
    """
    campaign = load_campaign(paths)
    targets = _targets(thresholds, campaign)
    with read(paths, campaign=campaign) as intake:
        return tuple(forecast(judged(run, targets), changes) for run in intake.runs)
