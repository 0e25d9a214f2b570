"""Settings of today: heap, collector, container; the log's own words first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Style
from perfreport.model.jvm import GcLog
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.parts._settings import settings_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Cell


def _build(story: Story) -> Sequence[Block]:
    return settings_grid(story, ("jvm.", "container.", "spring.threads."), tuple(_logged(story)))


def _logged(story: Story) -> Iterator[tuple[Cell, ...]]:
    for test in story.tests:
        for log in test.run.of(GcLog):
            vm, place = log.vm, message("report.as-code", text=log.source.path)
            if vm.collector is not None:
                yield (
                    message("jvm.collector"),
                    message("jvm.named", name=vm.collector.value),
                    place,
                )
            for name, size in (("heap-initial", vm.heap_initial), ("heap-max", vm.heap_max)):
                if size:
                    yield (message(f"jvm.{name}"), Quantity(size, Unit.BYTES), place)
            if vm.cpus:
                yield (message("jvm.cpus"), vm.cpus, place)


PLUGIN = Part(
    "application-settings",
    "application",
    90,
    message("part.resources.settings"),
    Style.LABEL,
    _build,
)
