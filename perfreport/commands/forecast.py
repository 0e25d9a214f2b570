"""`perfreport forecast`: what a change would have brought to a recorded test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from perfreport import pipeline
from perfreport.errors import InputError, UsageError
from perfreport.forecasting import changeable, parse_changes
from perfreport.model.message import message
from perfreport.render.i18n import Catalogue
from perfreport.report.outlooks import as_json as outlooks_as_json
from perfreport.report.outlooks import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.message import Message


def run(
    paths: Sequence[str], written: Sequence[str], *, listed: bool, as_json: bool, lang: str
) -> str:
    """Return what the command prints.

    Raises:
        PerfReportError: unknown changes, nothing to read, or input that can't be read.
    """
    words = Catalogue(lang)
    if listed:
        return _lines(
            [
                message("forecast.list.entry", name=name, meaning=meaning)
                for name, meaning in changeable()
            ],
            words,
        )
    changes = parse_changes(written)
    if not paths:
        raise UsageError(message("forecast.error.no-paths"))
    outlooks = pipeline.predict(paths, changes)
    if not outlooks:
        raise InputError(message("forecast.error.no-tests"))
    if as_json:
        return json.dumps(outlooks_as_json(outlooks), ensure_ascii=False, indent=2) + "\n"
    return _lines(sentences(outlooks), words)


def _lines(said: Sequence[Message], words: Catalogue) -> str:
    return "".join(f"{words.text(one)}\n" for one in said)
