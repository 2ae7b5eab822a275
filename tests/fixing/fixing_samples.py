"""A ledger with entries that can be put in their proper form, and the corrections for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from toolkit.fixing import Correction

SHEET = "台账"
HEAD = ["序号", "姓名", "身份证号", "政治面貌", "字数"]
CARD, TIDY_CARD = "149999 19920101 0001", "149999199201010001"


def ledger(path: Path) -> Path:
    """Write it as a clerk's program would, with a formula that rests on the names."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(HEAD)
    for number in range(1, 6):
        sheet.append([number, f"张 {number}", CARD, "党员", f"=LEN(B{number + 1})"])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


NAMES = [Correction(SHEET, f"B{at + 1}", f"张 {at}", f"张{at}", "姓名", "去掉空格") for at in range(1, 6)]
PARTIES = [Correction(SHEET, f"D{at + 1}", "党员", "中共党员", "政治面貌", "同义写法") for at in range(1, 6)]
CARDS = [Correction(SHEET, "C2", CARD, TIDY_CARD, "身份证号", "去掉空格", sensitive=True)]


def values(path: Path) -> dict[str, list[list[Any]]]:
    """Return what the cells hold, formulas as formulas."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def edit(path: Path, sheet: str = SHEET, **cells: Any) -> None:
    """Type into cells and save, as a person with a program does."""
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell] = value
    book.save(path)
