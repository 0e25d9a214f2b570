"""Endpoints by how often they were asked: which of them a count of something else belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.measurement import WHOLE_RUN

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene

_AGREES = 0.05


def requests_by_endpoint(scene: Scene) -> dict[str, int]:
    """Requests of the whole run for each endpoint."""
    return {
        part.endpoint: part.requests
        for part in scene.case.measurements.slices
        if part.phase == WHOLE_RUN and part.scenario is None and part.endpoint is not None
    }


def endpoint_of(scene: Scene, times: float) -> str | None:
    """The one endpoint that was asked as often; None where none or several were."""
    found = [
        name
        for name, requests in requests_by_endpoint(scene).items()
        if abs(requests - times) <= _AGREES * times
    ]
    return found[0] if len(found) == 1 else None
