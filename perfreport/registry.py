"""Discovery: a variant is one module that exports one `PLUGIN` whose id is its file name.

A new source, rule or format is a new file; no list anywhere has to be edited.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from types import ModuleType


class Plugin(Protocol):
    """What discovery needs to know of a variant."""

    @property
    def id(self) -> str:
        """The name of the variant: its file name in kebab case."""
        ...


P = TypeVar("P", bound=Plugin)


def discover(package: ModuleType, kind: type[P]) -> tuple[P, ...]:
    """Return the `PLUGIN` of every public module of `package`, in the order of their ids.

    Module `pool_undersized` holds the plugin with the id `pool-undersized`. Modules whose
    name starts with an underscore are shared parts, not variants.

    Raises:
        TypeError: a module has no `PLUGIN`, one of another type, or one with another id.
    """
    return tuple(load(package, kind, name) for name in names(package))


def names(package: ModuleType) -> tuple[str, ...]:
    """Return the ids of all variants in their order, without importing any."""
    modules = (info.name for info in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if not name.startswith("_")))


def load(package: ModuleType, kind: type[P], name: str) -> P:
    """Return the variant with this id.

    Raises:
        TypeError: its module has no `PLUGIN`, one of another type, or one with another id.
    """
    module = importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}")
    plugin = getattr(module, "PLUGIN", None)
    if not isinstance(plugin, kind):
        msg = f"{module.__name__} must export PLUGIN, a {kind.__name__}"
        raise TypeError(msg)
    if plugin.id != name:
        msg = f"{module.__name__}: the id {plugin.id!r} differs from the file name"
        raise TypeError(msg)
    return plugin
