"""Change settings in the text of their own file; comments, order and spelling stay.

A setting is changed at the line it was read from, and only where that line holds exactly the
value that was read: whatever else stands there is none of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.advice import SettingChange
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.advice._spec import AddOption
    from perfreport.model.configuration import Setting

_REACH = 12  # lines a folded command or block of options may run on
_SUFFIX = re.compile(r"([\d._]+)\s*([A-Za-z]*)")
_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_DEFAULT = r"(?:\$\{[^}:]*:-?)?"  # the opening of a placeholder: its default is what counts
_ENTRY = re.compile(r"^([ \t]*(?:- )?)([\w.\[\]-]+)(\s*[:=]\s*)([^\s{\[&*|>].*)$")


@dataclass
class FileText:
    """The lines of one file and the changes made to them so far.

    `lines` hold None where a line may not be quoted. `added` are lines put behind a line.
    """

    path: str
    lines: tuple[str | None, ...]
    changed: dict[int, str] = field(default_factory=dict)
    added: dict[int, list[str]] = field(default_factory=dict)

    def line(self, number: int) -> str | None:
        """Return a line by its number from 1, as changed so far."""
        if not 1 <= number <= len(self.lines):
            return None
        return self.changed.get(number, self.lines[number - 1])

    def replace(self, setting: Setting, value: float) -> SettingChange | None:
        """Give a setting another value; None where its line does not hold what was read."""
        new = spelled_like(setting.written, value, setting.unit)
        pattern = _pattern(setting)
        if new is None or pattern is None:
            return None
        for number in range(setting.line, setting.line + (_REACH if _is_flag(setting) else 1)):
            line = self.line(number)
            found = list(pattern.finditer(line)) if line is not None else []
            if line is None or not found:
                continue
            if len(found) > 1:
                return None
            start, end = found[0].span("value")
            self.changed[number] = f"{line[:start]}{new}{line[end:]}"
            key = setting.key.removesuffix(setting.written)
            return SettingChange(setting.name, value, self.path, number, key, setting.written, new)
        return None

    def insert_after(self, sibling: Setting, name: str, key: str, value: float, unit: Unit,
    ) -> SettingChange | None:  # fmt: skip
        """Put a new setting behind one of the same block, spelled as that one is."""
        line = self.line(sibling.line)
        entry = _ENTRY.match(line.rstrip("\r\n")) if line is not None else None
        last = sibling.key.rpartition(".")[2]
        if line is None or entry is None or not entry[2].endswith(last):
            return None
        new_key = f"{entry[2].removesuffix(last)}{_in_the_case_of(last, key)}"
        text = spelled_like("1" if unit is Unit.COUNT else "1000", value, unit) or ""
        end = line[len(line.rstrip("\r\n")) :]
        if not end:  # the file ends without a line feed: it gets one
            end = "\n"
            self.changed[sibling.line] = line + end
        added = self.added.setdefault(sibling.line, [])
        added.append(f"{entry[1]}{new_key}{entry[3]}{text}{end}")
        return SettingChange(name, value, self.path, sibling.line, new_key, None, text)

    def add_option(self, edit: AddOption) -> SettingChange | None:
        """Put an option first among those of a JVM; None where its line is spelled otherwise."""
        number, line = edit.line, self.line(edit.line)
        new = spelled_like("1m", edit.value, edit.unit)
        named = _assignment(edit.variable).search(line) if line is not None else None
        if named is None or line is None or new is None:
            return None
        at = named.end()
        if line[at : at + 1] in {">", "|"}:  # the options stand below
            number, line = number + 1, self.line(number + 1)
            at = len(line) - len(line.lstrip()) if line is not None else 0
        value = line[at:].strip() if line is not None else ""
        if line is None or not value or value.startswith("$"):
            return None
        space = "" if value[0] in "\"'" else " "
        self.changed[number] = f"{line[:at]}{edit.flag}{new}{space}{line[at:]}"
        return SettingChange(edit.name, edit.value, self.path, number, edit.flag, None, new)

    def text(self) -> str | None:
        """Return the whole changed file; None where a line of it is not known."""
        parts: list[str] = []
        for number in range(1, len(self.lines) + 1):
            line = self.line(number)
            if line is None:
                return None
            parts += [line, *self.added.get(number, ())]
        return "".join(parts)


def spelled_like(written: str, value: float, unit: Unit) -> str | None:
    """Return a value in base units spelled as the old one was: 1g → 2g, 3000 (ms) → 5000."""
    match = _SUFFIX.fullmatch(written.strip())
    if match is None:
        return None
    if unit is Unit.BYTES:
        return _bytes_like(match[2], value)
    if unit is Unit.SECONDS:
        factor = {"": 1e3, "ms": 1e3, "s": 1.0, "m": 1 / 60}.get(match[2].lower())
        return None if factor is None else f"{round(value * factor)}{match[2]}"
    if unit is Unit.RATIO:
        return f"{value * 100:g}"
    return f"{round(value)}"


def _bytes_like(suffix: str, value: float) -> str:
    if not suffix:
        return f"{round(value)}"
    factor = _BYTES.get(suffix[0].lower(), 1)
    if value % factor == 0:
        return f"{round(value / factor)}{suffix}"
    smaller = "m" if suffix[0].islower() else "M"
    return f"{round(value / _BYTES['m'])}{smaller}{suffix[1:]}"


def _assignment(variable: str) -> re.Pattern[str]:
    """What stands before the value of a variable, an opening quote included."""
    return re.compile(rf"(?<![\w.-]){re.escape(variable)}(?:=|[\"']?:[ \t]+[\"']?)")


def _is_flag(setting: Setting) -> bool:
    return setting.key.startswith("-")


def _pattern(setting: Setting) -> re.Pattern[str] | None:
    written = re.escape(setting.written.strip().strip("\"'"))
    if not written:
        return None
    if _is_flag(setting):
        key = re.escape(setting.key.removesuffix(setting.written).rstrip("="))
        return re.compile(rf"(?<![\w-]){key}(?:=|[ \t]+)?{_DEFAULT}(?P<value>{written})(?![\w.%])")
    key = re.escape(setting.key.rpartition(".")[2])
    return re.compile(
        rf"(?<![\w-]){key}[\"']?\s*[:=]\s*[\"']?{_DEFAULT}(?P<value>{written})(?![\w.%])"
    )


def _in_the_case_of(example: str, key: str) -> str:
    """Spell a kebab-case key as its neighbours are spelled."""
    first, *rest = key.split("-")
    if "_" in example:
        return key.replace("-", "_")
    if "-" not in example and example.lower() != example:
        return first + "".join(part.capitalize() for part in rest)
    return key
