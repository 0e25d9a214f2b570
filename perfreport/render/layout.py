"""Layout templates: structure without prose, in folders under `templates/`, overridable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perfreport.errors import UsageError
from perfreport.model.message import message
from perfreport.render.cells import spell_cell
from perfreport.render.i18n import CatalogueError, Words
from perfreport.resources import TEMPLATES

if TYPE_CHECKING:
    from jinja2 import Environment

    from perfreport.render.i18n import Catalogue


def layouts(catalogue: Catalogue, folder: str) -> Environment:
    """Return the templates of one format for one catalogue.

    A template says words with `t('key', param=…)` or `t(message)` and prints cells of a table
    with `cell(…)`; `raw(…)` is for the template's own signs. Whatever else it prints is escaped
    for the catalogue's medium. Templates of the catalogue's overlay win.
    """
    from jinja2 import FileSystemLoader

    roots = [root / folder for root in (catalogue.overlay, TEMPLATES) if root is not None]
    environment: Any = catalogue.environment().overlay(loader=FileSystemLoader(roots))
    environment.globals = {
        **environment.globals,
        "t": catalogue.text,
        "cell": lambda one: spell_cell(catalogue, one),
        "raw": Words,
        "hashes": lambda depth: Words("#" * depth),
    }
    return environment  # type: ignore[no-any-return]


def fill(catalogue: Catalogue, environment: Environment, name: str, values: dict[str, Any]) -> str:
    """Fill one template.

    Raises:
        UsageError: a template of the user's own can't be used.
    """
    from jinja2 import TemplateError

    try:
        return environment.get_template(name).render(values)
    except (TemplateError, CatalogueError) as fault:
        if catalogue.overlay is None:
            raise
        said = message("error.templates-broken", path=name, reason=str(fault))
        raise UsageError(said, message("hint.templates-broken")) from fault
