"""From a Message to words: catalogues of sentences per language.

`templates/messages/<lang>/**/*.yaml` holds Jinja *expressions* (`{{ path }}`), one key = one full
sentence. A file holds its full key path from the top; `findings/<rule-id>.yaml` is mounted at
`findings.<rule-id>`. Every placeholder is escaped for the medium it stands in, unless a filter
of the catalogue made it; a placeholder in backticks becomes a code span. A missing key, a missing
parameter and an unused one are errors: nothing falls back silently.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from perfreport.errors import UsageError
from perfreport.model.message import Message, message
from perfreport.redaction import redacted
from perfreport.render.medium import PLAIN, Medium
from perfreport.resources import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2 import Template

    from perfreport.render.numbers import Numbers

SOURCE_LANGUAGE = "ko"
_MESSAGES = "messages"
_FINDINGS = "findings"
_TOP_KEY = re.compile(r"^([A-Za-z][\w-]*):", re.MULTILINE)
_SEGMENT = re.compile(r"(`\{\{.*?\}\}`|\{\{.*?\}\}|`[^`]*`)", re.DOTALL)


class CatalogueError(Exception):
    """A catalogue that lacks a key, says it twice, or does not fit its parameters."""


class Words(str):
    """Finished text of one medium, with what is read aloud of it."""

    __slots__ = ("spoken",)
    spoken: str

    def __new__(cls, text: str, spoken: str | None = None) -> Self:
        """Wrap text that needs no escaping any more."""
        words = super().__new__(cls, text)
        words.spoken = text if spoken is None else spoken
        return words


class Catalogue:
    """All sentences of one language, for one medium.

    `overlay` is a folder like `templates/` whose own sentences win, key by key.

    Raises:
        UsageError: no catalogue has this language, or the overlay's sentences can't be used.
    """

    def __init__(self, language: str, overlay: Path | None = None, medium: Medium = PLAIN) -> None:
        known = languages(overlay)
        if language not in known:
            listed = tuple(known)
            raise UsageError(message("error.language-unknown", language=language, known=listed))
        self.language = language
        self.overlay = overlay
        self.medium = medium
        self._sentences = _Sentences(language, overlay)
        self._compiled: dict[str, tuple[frozenset[str], str | Template]] = {}
        self._environment: Any = None
        if overlay is not None:
            self._check_overlay(overlay)

    def within(self, medium: Medium) -> Catalogue:
        """Return the same catalogue for another medium."""
        if medium is self.medium:
            return self
        other = object.__new__(Catalogue)
        other.language, other.overlay, other.medium = self.language, self.overlay, medium
        other._sentences, other._compiled = self._sentences, {}
        other._environment = None
        return other

    def text(self, said: Message | str, /, **params: Any) -> Words:
        """Return a sentence in this language and medium, on one line.

        Raises:
            CatalogueError: no such key; or a parameter is missing, unused or of no use to a filter.
        """
        key = said.key if isinstance(said, Message) else said
        given = {**dict(said.params), **params} if isinstance(said, Message) else params
        wanted, template = self._compile(key)
        if wanted != given.keys():
            missing, unused = sorted(wanted - given.keys()), sorted(given.keys() - wanted)
            msg = f"{self.language}: {key}: missing {missing}, unused {unused}"
            raise CatalogueError(msg)
        if isinstance(template, str):
            return Words(template)
        try:
            return Words(template.render({name: self._said(v) for name, v in given.items()}))
        except (ArithmeticError, LookupError, TypeError, ValueError) as fault:
            msg = f"{self.language}: {key}: {fault}"
            raise CatalogueError(msg) from fault

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._sentences.find(key) is not None

    def known(self) -> tuple[str, ...]:
        """Return every key of the language, sorted."""
        return tuple(sorted(self._sentences.everything()))

    def source(self, key: str) -> str:
        """Return a sentence as it is written in the catalogue.

        Raises:
            CatalogueError: no such key.
        """
        found = self._sentences.find(key)
        if found is None:
            msg = f"{self.language}: no sentence for {key!r}"
            raise CatalogueError(msg)
        return found

    def placeholders(self, key: str) -> frozenset[str]:
        """Return the names of a sentence's parameters."""
        return self._compile(key)[0]

    def numbers(self) -> Numbers:
        """Return the numbers of this language."""
        from perfreport.render.numbers import Numbers

        plain = self.within(PLAIN)
        return Numbers(lambda name, **parts: str(plain.text(f"unit.{name}", **parts)))

    def environment(self) -> Any:
        """Return the Jinja environment of the sentences: strict, escaping, with our filters."""
        if self._environment is None:
            self._environment = _environment(self)
        return self._environment

    def _check_overlay(self, overlay: Path) -> None:
        """Hold the user's own sentences against ours before anything is said with them."""
        folder = overlay / _MESSAGES / self.language
        try:
            own = _Layer(folder).everything() if folder.is_dir() else {}
            misfits = tuple(key for key in sorted(own) if not self._fits(key))
        except CatalogueError as fault:
            said = message("error.templates-broken", path=str(folder), reason=str(fault))
            raise UsageError(said, message("hint.templates-broken")) from fault
        if misfits:
            said = message("error.templates-misfit", path=str(folder), keys=misfits)
            raise UsageError(said, message("hint.templates-broken"))

    def _fits(self, key: str) -> bool:
        """Tell whether a sentence takes the parameters that ours takes."""
        if self.language not in languages():
            return True
        ours = Catalogue(self.language)
        return key not in ours or ours.placeholders(key) == self.placeholders(key)

    def _said(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(map(self._said, value))
        return redacted(value) if type(value) is str else value

    def _compile(self, key: str) -> tuple[frozenset[str], str | Template]:
        if key not in self._compiled:
            self._compiled[key] = self._fresh(key)
        return self._compiled[key]

    def _fresh(self, key: str) -> tuple[frozenset[str], str | Template]:
        written = self._spell(self.source(key).strip())
        if "{{" not in written:
            return frozenset(), written
        from jinja2 import Template, TemplateError, meta

        environment = self.environment()
        try:
            parsed = environment.parse(written)
            code = environment.compile(parsed, name=key)
        except TemplateError as fault:
            msg = f"{self.language}: {key}: {fault}"
            raise CatalogueError(msg) from fault
        names = frozenset(meta.find_undeclared_variables(parsed))
        return names, Template.from_code(environment, code, environment.globals)

    def _spell(self, written: str) -> str:
        """Escape the sentence's own text and turn placeholders in backticks into code spans."""
        spelled = []
        for part in _SEGMENT.split(written):
            if part.startswith("`{{"):
                spelled.append(f"{{{{ ({part[3:-3]}) | code }}}}")
            elif part.startswith("`") and len(part) > 1:
                spelled.append(self.medium.code(part[1:-1]))
            elif part.startswith("{{"):
                spelled.append(part)
            elif part:
                core = part.strip()
                left, right = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
                text = self.medium.escape(core) if core else ""
                spelled.append((" " if left else "") + text + (" " if right and core else ""))
        return "".join(spelled)


class _Sentences:
    """The YAML of one language, read file by file as keys are asked for."""

    def __init__(self, language: str, overlay: Path | None) -> None:
        folder = TEMPLATES / _MESSAGES / language
        own = overlay / _MESSAGES / language if overlay else None
        self._layers = [_Layer(path) for path in (own, folder) if path and path.is_dir()]

    def find(self, key: str) -> str | None:
        for layer in self._layers:
            found = layer.find(key)
            if found is not None:
                return found
        return None

    def everything(self) -> dict[str, str]:
        merged: dict[str, str] = {}
        for layer in reversed(self._layers):
            merged.update(layer.everything())
        return merged


class _Layer:
    """One folder of YAML files. Only files that name the first part of a key are parsed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[Path, str] | None = None
        self._files: dict[str, list[Path]] = {}
        self._parsed: dict[Path, dict[str, str]] = {}

    def find(self, key: str) -> str | None:
        self._index()
        top = key.split(".", 1)[0]
        if top == _FINDINGS:
            top = ".".join(key.split(".", 2)[:2])
        found = [said for path in self._files.get(top, ()) if (said := self._parse(path).get(key))]
        if len(found) > 1:
            msg = f"{self._folder.name}: {key} is said in more than one file"
            raise CatalogueError(msg)
        return found[0] if found else None

    def everything(self) -> dict[str, str]:
        self._index()
        merged: dict[str, str] = {}
        for path in sorted({path for paths in self._files.values() for path in paths}):
            for key, said in self._parse(path).items():
                if key in merged:
                    msg = f"{self._folder.name}: {key} is said in more than one file"
                    raise CatalogueError(msg)
                merged[key] = said
        return merged

    def _index(self) -> None:
        if self._texts is not None:
            return
        self._texts = {}
        for path in sorted(self._folder.rglob("*.yaml")):
            text = path.read_text(encoding="utf-8")
            self._texts[path] = text
            mount = self._mount(path)
            for top in {mount} if mount else set(_TOP_KEY.findall(text)):
                self._files.setdefault(top, []).append(path)

    def _mount(self, path: Path) -> str:
        if path.parent == self._folder / _FINDINGS:
            return f"{_FINDINGS}.{path.stem}"
        return ""

    def _parse(self, path: Path) -> dict[str, str]:
        if path not in self._parsed:
            import yaml

            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            assert self._texts is not None  # noqa: S101 - _index ran first
            place = f"{self._folder.name}/{path.relative_to(self._folder)}"
            try:
                root = yaml.compose(self._texts[path], Loader=loader)
            except yaml.YAMLError as fault:
                msg = f"{place}: {fault}"
                raise CatalogueError(msg) from fault
            self._parsed[path] = dict(_sentences(root, self._mount(path), place))
        return self._parsed[path]


def _sentences(node: Any, prefix: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield (dotted key, sentence); every scalar is text, whatever YAML would make of it."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        yield prefix, str(node.value)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            if name.value in seen:
                msg = f"{place}:{name.start_mark.line + 1}: {name.value} is said twice"
                raise CatalogueError(msg)
            seen.add(name.value)
            key = f"{prefix}.{name.value}" if prefix else str(name.value)
            yield from _sentences(value, key, place)
    elif node is not None:
        msg = f"{place}:{node.start_mark.line + 1}: a sentence or a mapping is expected"
        raise CatalogueError(msg)


def languages(overlay: Path | None = None) -> tuple[str, ...]:
    """Return the languages that have a folder, the source language first."""
    found = {
        path.name
        for root in (TEMPLATES, overlay)
        if root and (root / _MESSAGES).is_dir()
        for path in (root / _MESSAGES).iterdir()
        if path.is_dir()
    }
    return tuple(sorted(found, key=lambda name: (name != SOURCE_LANGUAGE, name)))


def _environment(catalogue: Catalogue) -> Any:
    from jinja2 import Environment, StrictUndefined

    from perfreport.render.filters import filters, spelled

    environment = Environment(  # noqa: S701 - each medium has an escape of its own
        undefined=StrictUndefined,
        finalize=lambda value: spelled(catalogue, value),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters(catalogue))
    return environment
