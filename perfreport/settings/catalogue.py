"""The catalogue of known settings, and how their values are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.model.configuration import SettingValue

_UNITS = {
    "count": Unit.COUNT,
    "s": Unit.SECONDS,
    "B": Unit.BYTES,
    "ratio": Unit.RATIO,
    "cores": Unit.CORES,
    "text": Unit.NONE,
    "flag": Unit.NONE,
}
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_AMOUNT = re.compile(r"([+-]?\d+(?:[._]?\d+)*)\s*([A-Za-z%]*)")
_ISO_DURATION = re.compile(
    r"PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE
)
_TIME_TO_LIVE = re.compile(
    r"cache.*(?:ttl|timetolive)(milliseconds|millis|ms|seconds|sec|minutes|hours)?$"
)
_WRITTEN_IN = {"seconds": "s", "sec": "s", "minutes": "m", "hours": "h"}
_TRUE, _FALSE = {"true", "on", "yes"}, {"false", "off", "no"}


@dataclass(frozen=True, slots=True)
class KnownSetting:
    """One entry of the catalogue."""

    name: str
    kind: str  # count, s, B, ratio, cores, text, flag
    scale: str | None
    keys: tuple[str, ...]
    env: tuple[str, ...]
    flags: tuple[str, ...]
    default: SettingValue | None

    @property
    def unit(self) -> Unit:
        """Base unit of the value."""
        return _UNITS[self.kind]

    def read(self, written: str) -> SettingValue | None:
        """Return the value in the base unit, or None where the text is no such value."""
        text = written.strip().strip("\"'")
        if self.kind == "text":
            return text or None
        if self.kind == "flag":
            return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
        if self.kind == "s":
            return _seconds(text, self.scale or "s")
        if self.kind == "B":
            return _bytes(text, self.scale or "")
        amount = _AMOUNT.fullmatch(text)
        if amount is None:
            return None
        number = float(amount[1].replace("_", ""))
        percent = self.scale == "percent" or amount[2] == "%"
        return number / 100 if percent else number if not amount[2] else None


@cache
def known_settings() -> tuple[KnownSetting, ...]:
    """Return the catalogue, in the order of the file."""
    import yaml

    text = Path(__file__).with_name("catalogue.yaml").read_text(encoding="utf-8")
    return tuple(
        KnownSetting(
            name=name,
            kind=entry["unit"],
            scale=entry.get("scale"),
            keys=tuple(entry.get("keys", ())),
            env=tuple(entry.get("env", ())),
            flags=tuple(entry.get("flag", ())),
            default=entry.get("default"),
        )
        for name, entry in yaml.safe_load(text).items()
    )


def relaxed(key: str) -> str:
    """Spring's relaxed binding: `maximum-pool-size`, `maximumPoolSize`, `MAXIMUM_POOL_SIZE` agree.

    Dots separate segments in files; environment variables use underscores for them as well, so
    both are left out and only letters, digits and brackets count.
    """
    return re.sub(r"[^a-z0-9\[\]]", "", key.lower())


@cache
def by_key() -> dict[str, KnownSetting]:
    """Known settings by relaxed Spring key."""
    return {relaxed(key): entry for entry in known_settings() for key in entry.keys}


def time_to_live(key: str) -> KnownSetting | None:
    """Return what a key of the application's own says of a cache: `shop.cache.product-ttl-seconds`.

    None where it is no such key. Its last word is the unit of a bare number, milliseconds without
    one, as Spring takes them.
    """
    found = _TIME_TO_LIVE.search(relaxed(key))
    if found is None:
        return None
    scale = _WRITTEN_IN.get(found[1] or "", "ms")
    return KnownSetting("cache.entry-time-to-live", "s", scale, (key,), (), (), None)


@cache
def by_variable() -> dict[str, KnownSetting]:
    """Known settings by relaxed environment variable."""
    named = {relaxed(name): entry for entry in known_settings() for name in entry.env}
    return by_key() | named


def _seconds(text: str, scale: str) -> float | None:
    iso = _ISO_DURATION.fullmatch(text)
    if iso is not None and any(iso.groups()):
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * 3600 + minutes * 60 + seconds
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return None
    factor = _SECONDS.get(amount[2].lower() or scale)
    return None if factor is None else float(amount[1].replace("_", "")) * factor


def _bytes(text: str, scale: str) -> float | None:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return None
    suffix = (amount[2] or scale).lower().removesuffix("ib").removesuffix("b")
    factor = _BYTES.get(suffix)
    return None if factor is None else float(amount[1].replace("_", "")) * factor
