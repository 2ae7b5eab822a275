"""The dictionary: ledgers, fields, aliases, code lists and rules, loaded from a workbook or from TOML and ready for use.

A mistake in a definition is a :class:`DictionaryError` that names its place, what is wrong, and what is allowed.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.ledgers.build import build
from toolkit.ledgers.definitions import Definitions, DictionaryError, Mistake
from toolkit.ledgers.ledger import Dictionary, Ledger, RuleSpec
from toolkit.ledgers.load_toml import read_toml

if TYPE_CHECKING:
    from toolkit.ledgers.workbook_read import Book

__all__ = [
    "Dictionary", "DictionaryError", "Ledger", "Mistake", "RuleSpec", "built_in_definitions", "is_unedited", "load_dictionary", "read_book",
]  # fmt: skip


def load_dictionary(path: Path | None = None) -> Dictionary:
    """Return the dictionary in the workbook ``path``, or the built-in one; a folder of TOML files is taken as well.

    A workbook that was exported and never edited stands for the built-in dictionary of this version, not for that of the version
    that wrote it.

    Raises:
        DictionaryError: a definition is wrong, or the workbook is none.
        OSError: the file cannot be read.
    """
    if path is None:
        return _built_in()
    if path.is_dir():
        return build(read_toml({item.name: item.read_bytes() for item in path.glob("*.toml")}))
    return read_book(path)[0]


@lru_cache(maxsize=1)
def built_in_definitions() -> Definitions:
    """Return the definitions that come with this version."""
    package = resources.files(__package__)
    return read_toml({item.name: item.read_bytes() for item in package.iterdir() if item.name.endswith(".toml")})


@lru_cache(maxsize=1)
def _built_in() -> Dictionary:
    return build(built_in_definitions())


@lru_cache(maxsize=4)
def _from_workbook(file: str, data: bytes) -> tuple[Dictionary, Book]:
    from toolkit.ledgers.workbook_read import read_workbook

    try:
        book = read_workbook(data)
        return (build(book.definitions) if book.edited else _built_in()), book
    except DictionaryError as error:
        raise DictionaryError(error.problems, file) from None


def read_book(path: Path) -> tuple[Dictionary, Book]:
    """Return the dictionary in a workbook, and what the workbook itself holds.

    Raises:
        DictionaryError: a definition is wrong, or the workbook is none.
        OSError: the file cannot be read.
    """
    return _from_workbook(str(path), path.read_bytes())


def is_unedited(path: Path) -> bool:
    """Say whether a file is a dictionary workbook as it was exported, by this version or an earlier one."""
    from toolkit.ledgers.workbook_read import read_workbook

    try:
        return not read_workbook(path.read_bytes()).edited
    except DictionaryError:
        return False
