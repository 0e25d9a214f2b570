"""The columnar store of k6 samples: written by the sources, asked by the stages.

One run's samples lie in one temporary file without a name (the operating system frees it however
the process ends), narrow and grouped by metric: time, value, and the number of a tag set. A
question about one metric reads that metric and nothing else, so memory follows the biggest
single metric (20 bytes per sample), never the size of the results file.

All answers are in base units: metrics that k6 declares as `time` come out in seconds.
"""

from __future__ import annotations

from perfreport.store._addresses import URL, without_ids, without_values
from perfreport.store._samples import (
    Bucket,
    Samples,
    SampleStore,
    StorePart,
    Total,
    present_codes,
)
from perfreport.store._tagsets import MOST_VALUES
from perfreport.store._writer import SampleWriter

__all__ = [
    "MOST_VALUES",
    "URL",
    "Bucket",
    "SampleStore",
    "SampleWriter",
    "Samples",
    "StorePart",
    "Total",
    "present_codes",
    "without_ids",
    "without_values",
]
