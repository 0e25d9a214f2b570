"""The filters of sentences and templates: `quantity josa number duration percent code md …`.

What a filter returns is finished text; everything else that a placeholder prints is escaped for
the medium. All filters accept the finished text of another one.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined

from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.render.i18n import Catalogue, Words
from perfreport.render.josa import with_josa
from perfreport.render.medium import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_CODE = 120


def filters(catalogue: Catalogue) -> dict[str, Callable[..., Any]]:
    """Return the filters of one catalogue by name."""
    return {
        "quantity": partial(_quantity, catalogue),
        "limit": partial(_limit, catalogue),
        "number": partial(_number, catalogue),
        "percent": partial(_percent, catalogue),
        "duration": partial(_duration, catalogue),
        "instant": partial(_instant, catalogue),
        "josa": partial(_josa, catalogue),
        "code": partial(_code, catalogue),
        "md": partial(spelled, catalogue),
        "counted": partial(_counted, catalogue),
    }


def spelled(catalogue: Catalogue, value: Any) -> Words:
    """Return any value as finished text: quantities with units, foreign text escaped."""
    if isinstance(value, Words):
        return value
    if isinstance(value, Undefined):
        return Words(str(value))  # raises: what is undefined is never printed
    if isinstance(value, Quantity):
        return _quantity(catalogue, value)
    if isinstance(value, bool) or value is None:
        msg = f"{value!r} has no words"
        raise TypeError(msg)
    if isinstance(value, int):
        return Words(str(int(value)))
    if isinstance(value, float):
        return _number(catalogue, value)
    if isinstance(value, tuple | list):
        parts = [spelled(catalogue, part) for part in value]
        return Words(", ".join(parts), ", ".join(part.spoken for part in parts))
    text = str(value)
    return Words(catalogue.medium.escape(text), one_line(text))


def _quantity(catalogue: Catalogue, value: Any, limit: Any = None, *, sign: bool = False) -> Words:
    if isinstance(value, Words):
        return value
    if not isinstance(value, Quantity):
        msg = f"{value!r} is no quantity: pass Quantity(value, unit)"
        raise TypeError(msg)
    return Words(catalogue.numbers().quantity(value, _limits(limit), sign=sign))


def _limit(catalogue: Catalogue, value: Quantity) -> Words:
    return Words(catalogue.numbers().limit(value))


def _number(catalogue: Catalogue, value: Any, limit: Any = None) -> Words:
    if isinstance(value, Quantity):
        return _quantity(catalogue, value, limit)
    return Words(catalogue.numbers().number(float(value), _limits(limit)))


def _percent(catalogue: Catalogue, value: Any, limit: Any = None, *, sign: bool = False) -> Words:
    ratio = value.value if isinstance(value, Quantity) else float(value)
    return Words(catalogue.numbers().percent(ratio, _limits(limit), sign=sign))


def _duration(catalogue: Catalogue, value: Any) -> Words:
    seconds = value.value if isinstance(value, Quantity) else float(value)
    return _quantity(catalogue, Quantity(seconds, Unit.SECONDS))


def _limits(limit: Any) -> tuple[float, ...]:
    if limit is None:
        return ()
    return (limit.value if isinstance(limit, Quantity) else float(limit),)


def _instant(catalogue: Catalogue, time_ns: int, offset_seconds: int | None = None) -> Words:
    """Spell UTC nanoseconds as date and time to the second, in a zone that is always named."""
    zone = dt.timezone(dt.timedelta(seconds=offset_seconds or 0))
    at = dt.datetime.fromtimestamp(time_ns // NS_PER_SECOND, tz=zone)
    named = "UTC" if not offset_seconds else f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]
    return catalogue.text("unit.instant", date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M:%S}", zone=named)


def _josa(catalogue: Catalogue, value: Any, particle: str) -> Words:
    if isinstance(value, int) and not isinstance(value, bool):
        value = _number(catalogue, value)
    words = spelled(catalogue, value)
    return Words(with_josa(words, particle, words.spoken))


def _code(catalogue: Catalogue, value: Any, longest: int = _LONGEST_CODE) -> Words:
    spoken = value.spoken if isinstance(value, Words) else one_line(str(value), longest)
    return Words(catalogue.medium.code(spoken), spoken)


def _counted(catalogue: Catalogue, value: Any, one: str, many: str | None = None) -> Words:
    """Spell a count with its noun: `1 file`, `2 files`."""
    noun = one if float(value) == 1 else many or f"{one}s"
    return Words(f"{_number(catalogue, value)} {noun}")
