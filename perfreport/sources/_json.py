"""JSON as it is found: torn at the end, broken in the middle, and seen by its beginning only."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)
_DEEPEST = 200


def parsed(text: str) -> tuple[Any, int]:
    """Return (value, how many characters at the end were of no use).

    The value is None where nothing could be read. Numbers are floats: counters of a long test
    pass 2**53, and JSON integers have no limit. A broken document is read up to the fault.
    """
    text = text.strip("\ufeff\0 \t\r\n")
    try:
        return json.loads(text, parse_int=float), 0
    except json.JSONDecodeError as fault:
        position = fault.pos
    except (ValueError, RecursionError):
        return None, len(text)
    for end, closing in _cuts(text[:position]):
        try:
            return json.loads(text[:end] + closing, parse_int=float), len(text) - end
        except (ValueError, RecursionError):
            continue
    return None, len(text)


@lru_cache(maxsize=64)
def top_keys(start: str) -> frozenset[str]:
    """Return the keys of the outermost object, as far as the beginning of a document shows them."""
    if not start.lstrip("\ufeff \t\r\n").startswith("{"):
        return frozenset()
    depth, keys, last = 0, set(), None
    for match in _TOKEN.finditer(start):
        mark = match.group()
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
            if depth <= 0:
                break
        elif mark == ":" and depth == 1 and last is not None:
            keys.add(last)
        last = mark[1:-1] if mark[0] == '"' else None
    return frozenset(keys)


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def string(value: Any) -> str | None:
    """Return a JSON string, or None in place of anything else."""
    return value if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """Return a finite JSON number, or None in place of anything else."""
    import math

    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _cuts(prefix: str) -> list[tuple[int, str]]:
    """Places where a document may be cut so that only whole members remain, the last one first."""
    stack: list[str] = []
    cuts: list[tuple[int, str]] = []
    for match in _TOKEN.finditer(prefix):
        mark = match.group()
        if mark in "{[":
            stack.append("}" if mark == "{" else "]")
            if len(stack) > _DEEPEST:
                break
            cuts.append((match.end(), "".join(reversed(stack))))
        elif mark in "}]":
            if not stack or stack.pop() != mark:
                break
            cuts.append((match.end(), "".join(reversed(stack))))
        elif mark == ",":
            cuts.append((match.start(), "".join(reversed(stack))))
    return cuts[-1:-6:-1]
