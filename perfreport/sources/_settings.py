"""What the configuration sources share: settings from keys, variables and command-line flags."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from perfreport.model.configuration import Setting, SettingOrigin
from perfreport.model.jvm import Collector
from perfreport.model.units import Unit
from perfreport.settings.catalogue import by_key, by_variable, known_settings, relaxed, time_to_live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfreport.model.source import SummaryValue
    from perfreport.settings.catalogue import KnownSetting

_PLACEHOLDER = re.compile(r"^\$\{([^:}]+)(?::-?([^}]*))?\}$")
_COLLECTOR = re.compile(r"-XX:\+Use(Serial|Parallel|G1|Z|Shenandoah|ConcMarkSweep|Epsilon)GC")
# As collectors are called in the logs, where the flag says it otherwise.
_NAMES = {"Z": Collector.ZGC.value, "ConcMarkSweep": Collector.CMS.value}


def from_key(
    key: str,
    written: str,
    path: str,
    line: int,
    *,
    profile: str | None = None,
    service: str | None = None,
) -> Setting | None:
    """A setting of a Spring file, or None where the key is not known or its value unreadable.

    A placeholder `${NAME:default}` gives its default; the variable is remembered, for a compose
    file may set it.
    """
    known = by_key().get(relaxed(key)) or time_to_live(key)
    if known is None:
        return None
    placeholder = _PLACEHOLDER.match(written.strip())
    text = (placeholder[2] or "") if placeholder else written
    return _setting(
        known,
        text,
        key=key,
        path=path,
        line=line,
        origin=SettingOrigin.APPLICATION if service is None else SettingOrigin.COMPOSE,
        profile=profile,
        service=service,
        variable=placeholder[1] if placeholder else None,
    )


def from_variable(name: str, written: str, path: str, line: int, service: str) -> Setting | None:
    """A setting of a container's environment, by Spring's relaxed binding or its own name."""
    known = by_variable().get(relaxed(name))
    if known is None:
        return None
    return _setting(
        known,
        _or_default(written),
        key=name,
        path=path,
        line=line,
        origin=SettingOrigin.COMPOSE,
        service=service,
        variable=name,
    )


def from_flags(text: str, path: str, line: int, service: str) -> Iterator[Setting]:
    """Settings from JVM options or a server's command line."""
    words = _words(text)
    for position, word in enumerate(words):
        collector = _COLLECTOR.fullmatch(word)
        if collector is not None:
            yield Setting(
                name="jvm.collector",
                value=_NAMES.get(collector[1], collector[1]),
                unit=Unit.NONE,
                key=word,
                path=path,
                line=line,
                origin=SettingOrigin.COMPOSE,
                written=word,
                service=service,
            )
            continue
        for known in known_settings():
            written = _flag_value(known.flags, word, words[position + 1 : position + 2])
            if written is None:
                continue
            setting = _setting(
                known,
                _or_default(written),
                key=_flag_name(word),
                path=path,
                line=line,
                origin=SettingOrigin.COMPOSE,
                service=service,
            )
            if setting is not None:
                yield setting


def summary_of(settings: Iterable[Setting]) -> tuple[tuple[str, SummaryValue], ...]:
    """The figures `inspect` shows: name and value in base units."""
    return tuple(
        (
            setting.name if setting.profile is None else f"{setting.name}@{setting.profile}",
            setting.value,
        )
        for setting in settings
    )


def _setting(known: KnownSetting, written: str, **place: object) -> Setting | None:
    value = known.read(written)
    if value is None:
        return None
    return Setting(name=known.name, value=value, unit=known.unit, written=written, **place)  # type: ignore[arg-type]


def _or_default(written: str) -> str:
    """What stands behind `:-` where the value is taken from the shell's environment."""
    placeholder = _PLACEHOLDER.match(written.strip())
    return (placeholder[2] or "") if placeholder else written


def _flag_name(word: str) -> str:
    """A flag without its value; of one that takes it without `=`, as far as a variable."""
    return word.partition("=")[0].partition("${")[0]


def _flag_value(flags: tuple[str, ...], word: str, following: list[str]) -> str | None:
    """Value of one of `flags` in `word`: `-Xmx1g`, `-XX:A=1`, `--a=1`, or `--a 1`."""
    for flag in flags:
        if not word.startswith(flag):
            continue
        rest = word[len(flag) :]
        if flag.endswith("=") or flag.startswith("-X"):
            return rest or None
        if rest.startswith("="):
            return rest[1:]
        if not rest and following:
            return following[0]
    return None


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
