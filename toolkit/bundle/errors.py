"""What keeps a bundle from being made."""

from __future__ import annotations


class NotBundled(Exception):  # noqa: N818 - what happened, said to a person
    """The bundle could not be made; ``why`` is the entry of the catalogue under ``bundle.screen``, ``params`` fill it."""

    def __init__(self, why: str, /, **params: object) -> None:
        super().__init__(why)
        self.why, self.params = why, params
