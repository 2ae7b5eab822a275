"""Why a click comes to nothing: said to the person as a sentence that tells what to do."""

from __future__ import annotations

from typing import Any

from toolkit.messages import text


class Refused(Exception):  # noqa: N818 - it says what it is
    """A click that cannot be served; ``code`` names the sentence under ``buttons.refused``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def sentence(self, lang: str) -> str:
        """Return what to tell the person."""
        return text(f"buttons.refused.{self.code}", lang, **self.params)
