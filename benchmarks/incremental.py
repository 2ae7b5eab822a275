"""A second run over very many small files: what it costs to look at them all, and to read the 1 % that changed.

Small ledgers are written straight as packages, so that making 20,000 of them takes a minute. Every run is a process of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.county import Cost, measured

HEAD = ("序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）")
REGISTER = ("姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间")
VILLAGES, COUNTIES = 20, 10
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


def rows_of(number: int, edition: int) -> list[tuple[object, ...]]:
    """The rows of a file: every tenth is a register, the others are visits."""
    from toolkit.fields.id_card import check_digit

    people = []
    for one in range(number * 3, number * 3 + 3):
        first = f"149999{1940 + one % 40}03{1 + one % 28:02d}{one // 40 % 1000:03d}"
        people.append((f"赵{chr(0x4E00 + one % 5000)}", first + check_digit(first)))
    if number % 10 == 0:
        return [
            REGISTER,
            *((name, "男", card, "汉族", "退役士兵", "某镇", "1968.10", "1972.12") for name, card in people),
        ]
    day = f"2020.{1 + number % 12}.{1 + edition % 28}"
    visits = [
        (line, name, card, "春节走访", "实地走访", day, "李书记", "送上慰问", 500)
        for line, (name, card) in enumerate(people, 1)
    ]
    return [HEAD, *visits]


def place_of(stations: Path, number: int) -> Path:
    county, village = number % COUNTIES, number // COUNTIES % VILLAGES
    kind = "基本信息" if number % 10 == 0 else "走访慰问"
    return (
        stations / f"第{county}县" / f"甲镇{county:02d}" / f"乙村{county:02d}号{village:02d}" / f"{kind}{number}.xlsx"
    )


def make_workspace(folder: Path, files: int) -> Path:
    from openpyxl import Workbook

    from toolkit.config import template
    from toolkit.roster import HEADINGS

    settings = {("marks", "mode"): "off", ("period", "today"): "2021-01-08"}
    folder.mkdir(parents=True)
    (folder / "config.ini").write_text(template(settings), encoding="utf-8")
    book = Workbook()
    book.active.title = "站点"
    book.active.append(list(HEADINGS))
    for county in range(COUNTIES):
        rest = [None] * 6
        book.active.append([f"{county}", f"第{county}县退役军人服务中心", None, "市", None, *rest, "站点建设"])
        book.active.append(
            [f"{county}a", f"甲镇{county:02d}退役军人服务站", None, "乡镇", f"{county}", *rest, "走访慰问"]
        )
        for village in range(VILLAGES):
            name = f"乙村{county:02d}号{village:02d}退役军人服务站"
            book.active.append([f"{county}a{village}", name, None, "村", f"{county}a", *rest, "走访慰问"])
    (folder / "workbooks").mkdir()
    book.save(folder / "workbooks/roster.xlsx")
    stations = folder / "workbooks/stations"
    for number in range(files):
        write_ledger(place_of(stations, number), rows_of(number, 0))
    return stations


def scanning(folder: Path) -> float:
    """Return the seconds that looking at all files takes when nothing has changed."""
    from toolkit.config import load_config
    from toolkit.intake.discover import discover
    from toolkit.intake.source import Fingerprint, stations_of
    from toolkit.store.state import State

    config = load_config(folder)
    state = State(config.path("state"))
    known = {path: Fingerprint(*row) for path, row in state.fingerprints().items()}
    state.close()
    began = time.perf_counter()
    discover(stations_of(config), "", known)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="make the workspace here and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        folder = given.keep or Path(parent) / "province"
        stations = make_workspace(folder, given.files)
        changed = max(1, given.files // 100)
        print(f"{given.files} files of 3 rows, {changed} of them changed, {len(os.sched_getaffinity(0))} cores")
        results: dict[str, Cost] = {}
        run = (sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json")
        measured(results, "everything parsed", *run, "--full")
        measured(results, "nothing changed", *run)
        for number in range(0, given.files, 100):
            write_ledger(place_of(stations, number + 1), rows_of(number + 1, 1))
        measured(results, "1 % changed", *run)
        print(f"{'scanning alone':<48} {scanning(folder):8.2f} s wall")
        full, part = results["everything parsed"], results["1 % changed"]
        print(f"{'1 % changed / everything parsed, CPU':<48} {part.cpu / full.cpu:8.2f}")


if __name__ == "__main__":
    main()
