"""The filters of sentences and templates: `quantity josa number duration percent code md …`.

What a filter returns is finished text; everything else that a placeholder prints is escaped for
the medium. All filters accept the finished text of another one.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined

from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.render.i18n import Catalogue, Words
from perfreport.render.josa import with_josa
from perfreport.render.medium import PLAIN, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_CODE = 120
_LEADING_NUMBER = re.compile(r"^[\d.,]+")


def filters(catalogue: Catalogue) -> dict[str, Callable[..., Any]]:
    """Return the filters of one catalogue by name."""
    return {
        "quantity": partial(_quantity, catalogue),
        "limit": partial(_limit, catalogue),
        "number": partial(_number, catalogue),
        "percent": partial(_percent, catalogue),
        "duration": partial(_duration, catalogue),
        "points": partial(_points, catalogue),
        "span": partial(_span, catalogue),
        "instant": partial(_instant, catalogue),
        "period": partial(_period, catalogue),
        "josa": partial(_josa, catalogue),
        "code": partial(_code, catalogue),
        "codes": partial(_codes, catalogue),
        "chain": partial(_chain, catalogue),
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


def _points(catalogue: Catalogue, value: Any, *, sign: bool = False) -> Words:
    """Spell a difference of two ratios in percentage points."""
    ratio = value.value if isinstance(value, Quantity) else float(value)
    percent = _LEADING_NUMBER.match(catalogue.numbers().percent(abs(ratio)))
    text = percent[0] if percent else ""
    mark = "-" if ratio < 0 else "+" if sign and ratio > 0 else ""
    return catalogue.within(PLAIN).text("unit.points", n=f"{mark}{text}")


def _span(catalogue: Catalogue, low: Quantity, high: Quantity) -> Words:
    """Spell a range; a unit that both ends share is said once."""
    numbers = catalogue.numbers()
    first, last = numbers.quantity(low, (high.value,)), numbers.quantity(high, (low.value,))
    start, end = _LEADING_NUMBER.match(first), _LEADING_NUMBER.match(last)
    if first == last:
        return Words(first)
    if start and end and first[start.end() :] == last[end.end() :]:
        first = start[0]
    return Words(f"{first}–{last}", last)


def _instant(catalogue: Catalogue, time_ns: int, offset_seconds: int = 0) -> Words:
    """Spell UTC nanoseconds as date and time to the second, in a zone that is always named."""
    return _said_at(catalogue, *_clock(time_ns, offset_seconds), offset_seconds)


def _period(catalogue: Catalogue, start_ns: int, end_ns: int, offset_seconds: int = 0) -> Words:
    """Spell a time span; a date that both ends share is said once."""
    (date, start), (last_date, end) = (_clock(at, offset_seconds) for at in (start_ns, end_ns))
    until = end if date == last_date else f"{last_date} {end}"
    return _said_at(
        catalogue, date, start if start == until else f"{start}–{until}", offset_seconds
    )


def _clock(time_ns: int, offset_seconds: int) -> tuple[str, str]:
    zone = dt.timezone(dt.timedelta(seconds=offset_seconds))
    at = dt.datetime.fromtimestamp(time_ns // NS_PER_SECOND, tz=zone)
    return f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"


def _said_at(catalogue: Catalogue, date: str, time: str, offset_seconds: int) -> Words:
    minutes, sign = abs(offset_seconds) // 60, "-" if offset_seconds < 0 else "+"
    zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"
    return catalogue.within(PLAIN).text("unit.instant", date=date, time=time, zone=zone)


def _josa(catalogue: Catalogue, value: Any, particle: str) -> Words:
    if isinstance(value, int) and not isinstance(value, bool):
        value = _number(catalogue, value)
    words = spelled(catalogue, value)
    return Words(with_josa(words, particle, words.spoken))


def _code(catalogue: Catalogue, value: Any, longest: int = _LONGEST_CODE) -> Words:
    spoken = value.spoken if isinstance(value, Words) else one_line(str(value), longest)
    return Words(catalogue.medium.code(spoken), spoken)


def _codes(catalogue: Catalogue, values: Any) -> Words:
    """Set every one of several names as code."""
    parts = [_code(catalogue, value) for value in values]
    return Words(", ".join(parts), ", ".join(part.spoken for part in parts))


def _chain(catalogue: Catalogue, values: Any) -> Words:
    """Join steps by arrows."""
    parts = [spelled(catalogue, value) for value in values]
    return Words(" → ".join(parts), " → ".join(part.spoken for part in parts))


def _counted(catalogue: Catalogue, value: Any, one: str, many: str | None = None) -> Words:
    """Spell a count with its noun: `1 file`, `2 files`."""
    noun = one if float(value) == 1 else many or f"{one}s"
    return Words(f"{_number(catalogue, value)} {noun}")
