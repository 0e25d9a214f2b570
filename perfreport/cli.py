"""The command line: options, pipeline, write, exit code."""

from __future__ import annotations


def main() -> None:
    """Run the program."""
    raise NotImplementedError
