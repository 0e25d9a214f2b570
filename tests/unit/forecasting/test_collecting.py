"""Another heap: pauses by the room above the live set, and refusals where that is no answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport import pipeline
from perfreport.forecasting import forecast, parse_changes
from perfreport.forecasting.collecting import _Pauses
from perfreport.grading import load_thresholds
from perfreport.model.forecast import ForecastQuantity
from tests.unit.forecasting.recorded import START, Recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from perfreport.model.forecast import Outlook

SECONDS = 48


def _log(folder: Path, left: Callable[[int], int], milliseconds: float = 100.0) -> None:
    """A full collection every second; `left` MiB of a heap of 256 MiB survive it."""
    lines = [f"[{_time(0)}][0.010s][info][gc,init] Heap Max Capacity: 256M"]
    lines += [
        f"[{_time(second)}][{second}.500s][info][gc] GC({second}) Pause Full (Allocation Failure) "
        f"250M->{left(second)}M(256M) {milliseconds:.3f}ms"
        for second in range(SECONDS)
    ]
    (folder / "gc.log").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _time(second: int) -> str:
    return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds")[:-6] + "+0000"


@pytest.fixture(scope="module")
def calm() -> Recording:
    return Recording((5, 8, 10, 12), pool=20).play()


def _predicted(folder: Path, written: str) -> Outlook:
    with pipeline.read([str(folder)]) as intake:
        analysis = pipeline.judged(intake.runs[0], load_thresholds(()))
        return forecast(analysis, parse_changes([written]))


def test_pauses_follow_the_room_above_the_live_set(calm: Recording, tmp_path: Path) -> None:
    folder = calm.write(tmp_path / "ST-001")
    _log(folder, lambda _: 206)
    outlook = _predicted(folder, "jvm.heap.max=512m")
    found = outlook.find(ForecastQuantity.GC_SHARE)
    assert found is not None
    assert found.baseline == pytest.approx(0.1, rel=0.05)
    assert found.value == pytest.approx(0.1 * (256 - 206) / (512 - 206), rel=0.05)
    assert found.interval[0] < found.value < found.interval[1]
    p95 = outlook.find(ForecastQuantity.P95)
    assert p95 is not None
    assert p95.baseline is not None
    assert p95.value <= p95.baseline


@pytest.mark.parametrize(
    ("left", "milliseconds", "reason"),
    [
        (lambda second: 100 + 3 * second, 100.0, "live-set-grows"),
        (lambda _: 206, 1.0, "gc-idle"),
        (lambda _: 206, 100.0, "heap-full"),
    ],
)
def test_a_heap_that_is_no_answer_is_refused(
    calm: Recording, tmp_path: Path, left: Callable[[int], int], milliseconds: float, reason: str
) -> None:
    folder = calm.write(tmp_path / "ST-001")
    _log(folder, left, milliseconds)
    wanted = "jvm.heap.max=200m" if reason == "heap-full" else "jvm.heap.max=512m"
    outlook = _predicted(folder, wanted)
    assert [one.reason.key for one in outlook.refusals] == [f"forecast.refusal.{reason}"]


def test_time_in_pauses_is_counted_up_to_a_moment() -> None:
    starts = np.array([10, 30], dtype=np.int64) * 10**9
    pauses = _Pauses(starts, np.array([2.0, 4.0]), live=1.0, heap=2.0, stopped=0.1)
    moments = np.array([5, 11, 20, 32, 50], dtype=np.int64) * 10**9
    assert pauses.before(moments) == pytest.approx([0, 1, 2, 4, 6])
