"""SQL text without its literals: fingerprints, tidied digests and what a statement does.

Nothing here keeps a value a user typed: every function that returns text returns it masked.
"""

from __future__ import annotations

from perfreport.sqltext.fingerprint import Fingerprinter, fingerprint, mask_fragment
from perfreport.sqltext.statement import Verb, is_locking, linkable, tidy_digest, verb_of

__all__ = [
    "Fingerprinter",
    "Verb",
    "fingerprint",
    "is_locking",
    "linkable",
    "mask_fragment",
    "tidy_digest",
    "verb_of",
]
