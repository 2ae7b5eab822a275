"""New workspaces: ``config.ini``, an empty roster with dropdowns, the dictionary, blank ledgers, a README, and the folders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from toolkit.config import FILE, template
from toolkit.ledgers.definitions import OFFERED
from toolkit.ledgers.dictionary import Dictionary, built_in_definitions, load_dictionary
from toolkit.ledgers.workbook_write import workbook_of
from toolkit.messages import text
from toolkit.output.publish import publish_bytes
from toolkit.output.template import Blank, file_name, write_template
from toolkit.roster import HEADINGS, SHEET

_WIDTHS = (14, 34, 24, 8, 14, 16, 10, 14, 24, 12, 12, 40)


def make_workspace(folder: Path, lang: str) -> dict[str, Path]:
    """Make a new workspace in ``folder`` and return its parts.

    Raises:
        FileExistsError: there is one already.
    """
    config = folder / FILE
    if config.exists():
        raise FileExistsError(config)
    workbooks = folder / "workbooks"
    stations, roster, readme = workbooks / "stations", workbooks / "roster.xlsx", workbooks / "README.txt"
    dictionary, templates = workbooks / "dictionary.xlsx", workbooks / "templates"
    stations.mkdir(parents=True, exist_ok=True)
    year = date.today().year  # noqa: DTZ011 - the office's own calendar day
    overrides = {("period", "from"): f"{year}-01-01", ("period", "to"): f"{year}-12-31", ("general", "language"): lang}
    config.write_text(template(overrides), encoding="utf-8")
    if not roster.exists():
        write_empty_roster(roster, lang)
    if not dictionary.exists():
        write_dictionary(dictionary, lang)
    if not templates.exists():
        write_templates(templates, load_dictionary(), Blank(year=year, lang=lang))
    readme.write_text(text("scaffold.readme", lang), encoding="utf-8")
    return {"config": config, "roster": roster, "dictionary": dictionary, "templates": templates, "stations": stations,
            "readme": readme}  # fmt: skip


def make_demo_workspace(folder: Path) -> None:
    """Make the workspace of the sample county: the year 2020, seen from January 2021."""
    folder.mkdir(parents=True, exist_ok=True)
    overrides = {
        ("general", "county"): "高平市",
        ("period", "from"): "2020-01-01",
        ("period", "to"): "2020-12-31",
        ("period", "today"): "2021-01-08",
    }
    (folder / FILE).write_text(template(overrides), encoding="utf-8")


def write_dictionary(path: Path, lang: str) -> Path:
    """Write the built-in dictionary as a workbook to be edited, and return where.

    Raises:
        OSError: the file cannot be written.
    """
    return publish_bytes(path, workbook_of(built_in_definitions(), lang))


def write_templates(folder: Path, dictionary: Dictionary, blank: Blank) -> list[Path]:
    """Write the blank ledgers of a dictionary, one file each, into a folder."""
    return [write_template(folder / file_name(ledger), ledger, blank) for ledger in dictionary.ledgers.values()]


def write_empty_roster(path: Path, lang: str) -> None:
    """Write a roster without stations, ready to be filled in."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(HEADINGS)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        cell = sheet.cell(1, column)
        cell.font = Font(name="微软雅黑", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="2F5D8A")
        cell.alignment = Alignment(horizontal="center")
    for row in range(2, 502):
        for column in (1, 5, 6, 8):
            sheet.cell(row, column).number_format = "@"
    levels = DataValidation(type="list", formula1=f'"{",".join(OFFERED)}"', allow_blank=True)
    sheet.add_data_validation(levels)
    levels.add("D2:D2000")
    sheet.cell(1, len(HEADINGS)).comment = Comment(text("scaffold.roster_hint", lang), "taizhang")
    sheet.freeze_panes = "C2"
    book.save(path)
