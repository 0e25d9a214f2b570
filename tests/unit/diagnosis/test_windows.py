"""What a window is called: its phase, or the part of the phase that it is."""

from __future__ import annotations

from perfreport.diagnosis.scene import Scene
from tests.rules.served import CATALOGUES, Stage, served

KOREAN = next(one for one in CATALOGUES if one.language == "ko")


def test_a_part_of_a_phase_is_never_called_the_phase() -> None:
    scene = Scene.of(served(Stage(), Stage(), Stage()))
    assert [window.title for window in scene.windows] == [
        window.phase.title for window in scene.windows
    ]
    second = scene.slots[len(scene.slots) // 3]
    assert second.phase is scene.windows[1].phase
    assert "시작 후 10" in KOREAN.text(second.title)
