"""Why an expression is refused."""

from __future__ import annotations

from typing import Any


class ExpressionError(Exception):
    """An expression is wrong: ``name`` is the entry of the catalogue under ``expression``, ``near`` what may have been meant."""

    def __init__(self, name: str, near: str = "", **params: Any) -> None:
        super().__init__(name)
        self.name = name
        self.near = near
        self.params = params
