"""The program: runs the command line; whatever goes wrong becomes words and an exit code."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from perfreport.errors import ExitCode, PerfReportError
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.render.i18n import Catalogue

_INTERRUPTED = 130  # what shells use for SIGINT


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit with its code; no traceback ever reaches the terminal."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    from perfreport.cli import Abort, app

    try:
        code = app(args=list(arguments), prog_name="perfreport", standalone_mode=False)
    except (KeyboardInterrupt, Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output went away (`| head`): not our fault, nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.PASSED)
    except PerfReportError as error:
        from perfreport.render.terminal import explain

        explain(error, _words(arguments))
        return int(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last line of defence: exit code 70
        # typer carries a copy of click of its own in some versions, so the class of its usage
        # errors can't be named; they are told by what they can do.
        show = getattr(error, "show", None)
        if show is None:
            return _apologise(arguments)
        show()
        return int(ExitCode.USAGE)
    return code if isinstance(code, int) else int(ExitCode.PASSED)


def _words(arguments: Sequence[str]) -> Catalogue:
    from perfreport.render.i18n import Catalogue

    english = "--lang=en" in arguments or ("--lang", "en") in pairwise(arguments)
    return Catalogue("en" if english else "ko")


def _apologise(arguments: Sequence[str]) -> int:
    import tempfile
    import traceback

    from perfreport.render.terminal import explain

    with tempfile.NamedTemporaryFile(
        "w", prefix="perfreport-", suffix=".log", delete=False, encoding="utf-8"
    ) as trace:
        trace.write(traceback.format_exc())
    fault = PerfReportError(message("error.internal", path=trace.name))
    explain(fault, _words(arguments))
    return int(ExitCode.INTERNAL)


if __name__ == "__main__":
    main()
