"""A province in small: stations by the thousand, each with small ledgers, written straight as packages.

Making 20,000 of them takes a minute.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

REGISTER = (
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "民族",
    "人员类别",
    "户籍地",
    "政治面貌",
    "入伍时间",
    "退役时间",
    "联系电话",
)
A_COUNTY, A_TOWNSHIP = 360, 20
"""Stations in a county, villages in a township."""
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
)
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def write_ledger(path: Path, rows: list[tuple[object, ...]]) -> None:
    lines = []
    for number, row in enumerate(rows, 1):
        written = "".join(f'<c t="inlineStr"><is><t>{"" if value is None else value}</t></is></c>' for value in row)
        lines.append(f'<row r="{number}">{written}</row>')
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml"))
        package.writestr("xl/workbook.xml", _BOOK)
        package.writestr("xl/_rels/workbook.xml.rels", _RELS.format(kind="worksheet", target="worksheets/sheet1.xml"))
        package.writestr("xl/worksheets/sheet1.xml", sheet)


def rows_of(number: int, edition: int, rows: int) -> list[tuple[object, ...]]:
    """Return the rows of a register, header included: its own people; one in a hundred has no number. Another edition has another day."""
    from toolkit.fields.id_card import check_digit

    written: list[tuple[object, ...]] = [REGISTER]
    for one in range(number * rows, number * rows + rows):
        born = f"{1976 + one % 4}-{1 + one // 4_000 % 12:02d}-{1 + one // 48_000 % 28:02d}"
        first = f"149999{born.replace('-', '')}{one // 4 % 1000:03d}"
        card = first + check_digit(first) if one % 100 else ""
        sex = "男" if int(first[16]) % 2 else "女"
        name = f"赵{chr(0x4E00 + one % 5000)}{chr(0x4E00 + one // 5000 % 5000)}"
        left = f"2002-12-{1 + edition % 28:02d}"
        written.append(
            (
                one % rows + 1,
                name,
                sex,
                card,
                "汉族",
                "退役士兵",
                "某镇",
                "群众",
                "1997-12-01",
                left,
                f"138{one % 10**8:08d}",
            )
        )
    return written


class Province:
    """A workspace of many stations. ``files`` are spread over them; ``rows`` a file."""

    def __init__(self, folder: Path, stations: int, files: int, rows: int = 25) -> None:
        self.folder, self.files, self._rows = folder, files, rows
        self._places: list[tuple[str, str, str]] = []
        self._make_roster(stations)
        for number in range(files):
            self.write(number, 0)

    @property
    def stations(self) -> Path:
        return self.folder / "workbooks/stations"

    def write(self, number: int, edition: int) -> None:
        """Write a file; with another edition it is another one."""
        place = self.stations.joinpath(*self._places[number % len(self._places)])
        write_ledger(place / f"基本信息{number}.xlsx", rows_of(number, edition, self._rows))

    def _make_roster(self, stations: int) -> None:
        from openpyxl import Workbook

        from toolkit.config import template
        from toolkit.roster import HEADINGS

        self.folder.mkdir(parents=True)
        settings = {("marks", "mode"): "off", ("period", "from"): "2020-01-01", ("period", "to"): "2020-12-31",
                    ("period", "today"): "2021-01-08"}  # fmt: skip
        (self.folder / "config.ini").write_text(template(settings), encoding="utf-8")
        book = Workbook(write_only=True)
        sheet = book.create_sheet("站点")
        sheet.append(list(HEADINGS))
        rest = [None] * 6
        sheet.append(["P", "样省退役军人服务中心", None, "省", None, *rest, "站点建设"])
        for number in range(stations):
            county, township = f"样{number // A_COUNTY}县", f"甲{number // A_TOWNSHIP}镇"
            if number % A_COUNTY == 0:
                sheet.append(
                    [f"C{number // A_COUNTY}", f"{county}退役军人服务中心", None, "县", "P", *rest, "站点建设"]
                )
            if number % A_TOWNSHIP == 0:
                upper = f"C{number // A_COUNTY}"
                sheet.append(
                    [f"T{number // A_TOWNSHIP}", f"{township}退役军人服务站", None, "乡镇", upper, *rest, "基本信息"]
                )
            village = f"乙{number}村"
            upper = f"T{number // A_TOWNSHIP}"
            sheet.append([f"V{number}", f"{township}{village}退役军人服务站", None, "村", upper, *rest, "基本信息"])
            self._places.append((county, township, village))
        (self.folder / "workbooks").mkdir()
        book.save(self.folder / "workbooks/roster.xlsx")
