"""The columnar store of k6 samples: written by the sources, asked by the stages."""

from __future__ import annotations


class SampleStore:
    """A handle on one run's samples in a temporary on-disk table."""
