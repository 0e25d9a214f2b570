"""What people call the lines of a chart, where that leaves only one reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.signals import catalogue
from perfreport.signals.catalogue import normal_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.model.load import Tags

_POOL_WORDS = frozenset({"active", "idle", "pending", "max", "min", "timeout"})
_TELLING = "pending"  # only a connection pool has threads that wait for it


@dataclass(frozen=True, slots=True)
class Legend:
    """The signal a legend stands for, and the labels it implies."""

    signal: str
    labels: Tags = ()


def legend_signals(names: list[str]) -> Mapping[str, Legend]:
    """Read legends that are no names of metrics.

    `CPU usage` means one thing. `active` could be anything, but beside `pending` it is a
    connection pool; what stands before the word is the name of the pool.
    """
    found: dict[str, Legend] = {}
    words: dict[str, str] = {}  # legend → last word
    beside: set[str] = set()
    for name in names:
        known = catalogue().resolve(name)
        if known is not None:
            beside.update({known.spec.name.rpartition(".")[2]} if _is_pool(known.spec.name) else ())
        elif legend := catalogue().resolve(name, "legend"):
            found[name] = Legend(legend.spec.name, legend.labels)
        else:
            words[name] = normal_form(name).rpartition("_")[2]
    pools = {name: word for name, word in words.items() if word in _POOL_WORDS}
    beside.update(pools.values())
    if _TELLING in beside and len(beside) > 1:
        for name, word in pools.items():
            pool = name[: len(name) - len(word)].strip(" -_:.[](){}")
            labels = (("pool", pool),) if pool else ()
            found[name] = Legend(f"hikaricp.connections.{word}", labels)
    return found


def _is_pool(signal: str) -> bool:
    return signal.startswith("hikaricp.connections.")
