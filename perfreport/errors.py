"""Errors a user can act on, and the exit codes CI gates on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.message import Message


class ExitCode(IntEnum):
    """One code per fact; a README table explains them to users."""

    PASSED = 0  # every required objective passed (a WARNING passes unless --fail-on warning)
    GATE_FAILED = 1  # a required objective failed
    USAGE = 2  # wrong options, or thresholds that can't be understood
    NOT_JUDGED = 3  # required objectives without data, or a run that can't be judged
    INPUT_UNREADABLE = 4  # a named file is missing or can't be read at all
    INTERNAL = 70  # our own fault; the trace is in a file


class PerfReportError(Exception):
    """What went wrong and how to mend it, as catalogue messages."""

    exit_code = ExitCode.INTERNAL

    def __init__(
        self, message: Message, hint: Message | None = None, details: tuple[Message, ...] = ()
    ) -> None:
        super().__init__(message.key)
        self.message = message
        self.hint = hint
        self.details = details  # one line each, after the message


class UsageError(PerfReportError):
    """Options or arguments that don't go together."""

    exit_code = ExitCode.USAGE


class ThresholdsError(PerfReportError):
    """A thresholds file that can't be understood; the message carries file:line:column."""

    exit_code = ExitCode.USAGE


class InputError(PerfReportError):
    """A named input that is missing, empty or unreadable."""

    exit_code = ExitCode.INPUT_UNREADABLE
