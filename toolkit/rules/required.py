"""Required entries: a blank, or only a word for "nothing", in a required field is E201.

FAIL: 身份证号 is blank, or says ``无``      PASS: 身份证号 says ``11010519491231002X``

A table without the column is told so once (E103), not once a row.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.rules.base import Batch, Hit, Settings, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every missing entry of ``fields``."""
    for name in settings["fields"]:
        for row in each(batch.missing(name)):
            yield Hit(row, name, "E201", {"field": name})
