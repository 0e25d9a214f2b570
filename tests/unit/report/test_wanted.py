"""What a rule lacked leads to a file and the command that makes it."""

from __future__ import annotations

import pytest

from perfreport.render.i18n import Catalogue
from perfreport.report.parts import wanted

NEEDS = sorted(key for key in Catalogue("ko").known() if key.startswith("need."))


@pytest.mark.parametrize("key", NEEDS)
def test_every_need_names_the_file_that_meets_it(key: str) -> None:
    assert wanted._ANSWERS[key] in {want.id for want in wanted._WANTS}
