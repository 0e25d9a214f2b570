"""The command line: options → pipeline → write → exit code.

The only module that knows typer. Everything heavy is imported inside the commands, so that
`--help` and a usage error answer at once.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from perfreport import __version__
from perfreport.model.figure import Charts  # noqa: TC001 - typer reads it
from perfreport.model.grade import FailOn
from perfreport.model.report import Companion  # noqa: TC001 - typer reads it

Abort = typer.Abort

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
thresholds_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(thresholds_app, name="thresholds", help="Work with threshold files.")


class TextOrJson(StrEnum):
    """How `inspect` prints."""

    TEXT = "text"
    JSON = "json"


Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="k6 results and dumps: files, folders, globs, .gz, .zst, '-' for standard input.",
        show_default=False,
    ),
]
Lang = Annotated[str, typer.Option("--lang", help="Language of everything printed: ko, en.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Templates = Annotated[
    Path | None,
    typer.Option("--templates", metavar="DIR", help="Your own templates; files here win."),
]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"perfreport {__version__}")
        raise typer.Exit


VERSION = typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")


@app.callback()
def options(version: Annotated[bool, VERSION] = False) -> None:
    """Read a k6 run and the dumps beside it, grade it, and write the report."""


@app.command()
def analyze(  # noqa: PLR0913, PLR0917 - one parameter per option
    paths: Paths,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write into.")
    ] = Path("report"),
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", help="What to write; repeatable. Default: md and json."),
    ] = None,
    stdout: Annotated[
        str | None,
        typer.Option("--stdout", metavar="FORMAT", help="Print one format, write no files."),
    ] = None,
    test: Annotated[
        str | None, typer.Option("--test", metavar="ID", help="Grade as this test (LT-001).")
    ] = None,
    thresholds: Annotated[
        list[Path] | None,
        typer.Option(
            "--thresholds", metavar="PATH", help="Target YAML, file or folder; repeatable."
        ),
    ] = None,
    templates: Templates = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The mildest verdict that fails the gate.")
    ] = FailOn.FAIL,
    charts: Annotated[
        Charts | None,
        typer.Option(
            "--charts", help="Charts as files, as code or none. Default: svg if installed."
        ),
    ] = None,
    companions: Annotated[
        list[Companion] | None,
        typer.Option("--with", help="A further document: incident writes incident.md."),
    ] = None,
    lang: Lang = "ko",
    quiet: Quiet = False,
) -> None:
    """Grade a run and write the report. Exit code: 0 passed, 1 failed, 3 not judged."""
    from perfreport.commands.analyze import Request, run

    code = run(
        Request(
            paths=paths,
            output=output,
            formats=formats or ("md", "json"),
            stdout=stdout,
            test=test,
            thresholds=thresholds or (),
            templates=templates,
            fail_on=fail_on,
            charts=charts,
            companions=companions or (),
            lang=lang,
            quiet=quiet,
        )
    )
    raise typer.Exit(int(code))


@app.command()
def inspect(
    paths: Paths,
    form: Annotated[TextOrJson, typer.Option("--format", help="How to print.")] = TextOrJson.TEXT,
    lang: Lang = "ko",
    templates: Templates = None,
) -> None:
    """Show what each file was taken for, its time span, its clock and its losses."""
    from perfreport.commands.inspect import run

    if (found := run(paths, lang, templates, as_json=form is TextOrJson.JSON)) is not None:
        _print(found)


@app.command()
def forecast(
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH...")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="What to change; repeatable."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show what can be set.")] = False,
    form: Annotated[TextOrJson, typer.Option("--format", help="How to print.")] = TextOrJson.TEXT,
    lang: Lang = "ko",
) -> None:
    """Predict throughput, response time and lag of a recorded test after a change."""
    from perfreport.commands.forecast import run

    _print(
        run(paths or (), changes or (), listed=listed, as_json=form is TextOrJson.JSON, lang=lang)
    )


@app.command()
def explain(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", show_default=False)],
    finding: Annotated[str, typer.Argument(metavar="FINDING", show_default=False)],
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH...]", help="What was analysed, if it was moved since."),
    ] = None,
    lang: Lang = "ko",
) -> None:
    """Show the raw lines and samples behind each figure of a finding, and compute it again."""
    from perfreport.commands.explain import run

    _print(run(report, finding, paths or (), lang=lang))


@thresholds_app.command("check")
def check_thresholds(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    lang: Lang = "ko",
) -> None:
    """Lint threshold files: every mistake as file:line:column, with how to mend it."""
    from perfreport.commands.thresholds import run

    raise typer.Exit(int(run(files, lang=lang)))


def _print(text: str | bytes) -> None:
    """Write to standard output as UTF-8, whatever the terminal's code page says."""
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    sys.stdout.buffer.flush()
