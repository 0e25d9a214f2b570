"""Why a lag took longer to go away than its consumers need for it."""

from __future__ import annotations

import pytest

from perfreport.model.kafka import LagCourse
from perfreport.render.i18n import Catalogue
from perfreport.report.parts.kafka_lag import _slowly


def course(drained: float | None, draining: tuple[float, float] | None) -> LagCourse:
    return LagCourse("g", 0.0, None, 6850.0, 60.0, 6000.0, drained, 0.0, 600.0, 60.0, draining)


@pytest.mark.parametrize(
    ("drained", "draining", "key"),
    [
        (510.0, (60.0, 48.0), "part.kafka-lag.still-produced"),  # other producers went on
        (510.0, (13.4, 0.0), "part.kafka-lag.slower"),  # consumers slowed down
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_reason_is_said(
    drained: float, draining: tuple[float, float], key: str, language: str
) -> None:
    said = _slowly(course(drained, draining))
    assert said is not None
    assert said.key == key
    assert Catalogue(language).text(said)


@pytest.mark.parametrize(
    ("drained", "draining"),
    [
        (114.0, (60.0, 0.0)),  # as long as they need
        (None, (60.0, 0.0)),  # not seen to go away
        (510.0, None),  # nothing tells of the rates
    ],
)
def test_nothing_is_said_without_a_reason(
    drained: float | None, draining: tuple[float, float] | None
) -> None:
    assert _slowly(course(drained, draining)) is None
