"""The signal catalogue: every dialect's names mapped onto canonical signals, as data.

The YAML in `catalogue/` is all there is to edit for a new name, signal or derived signal.
"""

from perfreport.signals.catalogue import (
    Catalogue,
    DerivedSpec,
    ResolvedName,
    SignalSpec,
    catalogue,
)

__all__ = ["Catalogue", "DerivedSpec", "ResolvedName", "SignalSpec", "catalogue"]
