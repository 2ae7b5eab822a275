"""What tests share: workspaces made in code, and outside programs that must be there in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from tests.office import Office, python_with_uno
from toolkit.fields import Context
from toolkit.fields.id_card import check_digit
from toolkit.ledgers.dictionary import Dictionary, load_dictionary

TODAY = date(2021, 1, 8)

# A busy machine is not a fault: no example fails for the time it took.
settings.register_profile("taizhang", deadline=None)
settings.load_profile("taizhang")


def needs(program: str) -> str:
    """Return the path of an outside program; skip without it, or fail where everything is required."""
    found = shutil.which(program)
    if found is None:
        lacking(f"{program} is not installed")
    return found


def lacking(what: str) -> NoReturn:
    """End a test for which something is not there: skipped and listed, or failed where everything is required."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(what)
    pytest.skip(what)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Make a folder a disk of its own, of so few bytes (``64k``); not everybody may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def make_id(birth: str = "19520312", order: int = 1, *, male: bool = True) -> str:
    """Return a well-formed ID number with the never-assigned prefix 149999."""
    first = f"149999{birth}{order * 2 + (1 if male else 0):03d}"
    return first + check_digit(first)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Journals and backups of files outside any workspace go to a folder of the test's own."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    monkeypatch.setenv("LOCALAPPDATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A running LibreOffice."""
    soffice, python = needs("soffice"), python_with_uno()
    if python is None:
        lacking("LibreOffice's Python bridge is not installed")
    running = Office(tmp_path_factory.mktemp("office"), soffice, python)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    return load_dictionary()


@pytest.fixture
def context(dictionary: Dictionary) -> Context:
    return Context(today=TODAY, null_words=dictionary.null_words)


def save_workbook(path: Path, rows: list[list[Any]], sheet: str = "Sheet1", merges: tuple[str, ...] = ()) -> Path:
    """Write a workbook with one sheet as a clerk's program would."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path
