"""One finding with the figures it rests on and the configuration it was found under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.advice._spec import Insert, Replace
from perfreport.measure.signals import run_signals, signal_lines
from perfreport.model.finding import KeyValues
from perfreport.model.threads import Activity, ThreadDump
from perfreport.model.units import Quantity, Unit

if TYPE_CHECKING:
    from perfreport.advice.inventory import Inventory
    from perfreport.model.finding import Finding
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun

_LABEL = "diagnosis.label."


@dataclass(frozen=True, slots=True)
class Situation:
    """All a remedy may look at."""

    run: TestRun
    phases: Phases
    finding: Finding
    inventory: Inventory

    def figure(self, label: str) -> float | None:
        """Return a figure of the finding's evidence in base units, by the name of its label."""
        cell = self._cell(label)
        value = cell.value if isinstance(cell, Quantity) else cell
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def text(self, label: str) -> str | None:
        """Return a text of the finding's evidence: hostile, escaped by the renderer."""
        cell = self._cell(label)
        return cell if isinstance(cell, str) else None

    def measured(self, label: str, setting: str) -> float | None:
        """Return a size as it was measured, else as the configuration gives it."""
        figure = self.figure(label)
        return figure if figure is not None else self.inventory.value(setting)

    @property
    def calls_out(self) -> bool:
        """Whether anything shows that requests call other services."""
        calls = signal_lines(run_signals(self.run), "http.client.requests")
        dumps = self.run.of(ThreadDump)
        return bool(calls) or any(dump.doing(Activity.DOWNSTREAM) for dump in dumps)

    def raised(
        self, name: str, value: float, unit: Unit, key: str, block: str
    ) -> tuple[Replace | Insert, ...]:
        """Edits that give a setting a value: in place, or behind a neighbour of its block."""
        setting = self.inventory.setting(name)
        if setting is not None:
            return (Replace(setting, value),)
        for sibling in self.inventory.siblings(block):
            return (Insert(sibling, name, key, value, unit),)
        return ()

    def _cell(self, label: str) -> object:
        for block in self.finding.evidence:
            if isinstance(block, KeyValues):
                for name, cell, _ in block.rows:
                    if name.key == f"{_LABEL}{label}":
                        return cell
        return None


def size(value: float) -> Quantity:
    """An amount of memory."""
    return Quantity(value, Unit.BYTES)
