"""The consolidated workbook, read back with two other libraries."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import output_samples as samples
import pytest
import python_calamine

from toolkit.output import bulk, consolidated_sheet
from toolkit.output.consolidated import write_consolidated
from toolkit.results import Results


def written(tmp_path: Path, results: Results, **options: Any) -> Any:
    (tmp_path / "config.ini").touch()
    path = tmp_path / "workbooks" / "out" / "consolidated.xlsx"
    assert write_consolidated(path, results, **options) == [path]
    return openpyxl.load_workbook(path)


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows()
    return [{name.value: cell for name, cell in zip(head, row, strict=True)} for row in rows]


def test_every_row_is_there_typed_and_with_its_source(tmp_path: Path) -> None:
    rows = [
        samples.visit(走访日期=date(2020, 1, 20)),
        samples.visit(走访日期=(date(2020, 2, 1), date(2020, 2, 29)), 慰问金=1234.5, 身份证号=samples.OTHER_ID),
        samples.visit(
            走访日期=(date(2020, 1, 1), date(2020, 12, 31)),
            慰问金=None,
            身份证号=None,
            _unparsed={"慰问金": "若干", "身份证号": "123"},
        ),
    ]
    sheet = written(tmp_path, samples.county({"L2": rows}))["走访慰问"]
    first, second, third = rows_of(sheet)
    assert first["走访日期"].value.date() == date(2020, 1, 20)
    assert first["走访日期"].number_format == "yyyy-mm-dd"
    assert second["走访日期"].value.date() == date(2020, 2, 1)
    assert second["走访日期"].number_format == "yyyy.mm"
    assert third["走访日期"].number_format == "yyyy"
    assert first["身份证号"].value == samples.ID
    assert first["身份证号"].number_format == "@"
    assert second["慰问金"].value == 1234.5
    assert second["慰问金"].number_format == "#,##0.00"
    assert (third["慰问金"].value, third["身份证号"].value) == ("若干", "123")
    assert (first["乡镇"].value, first["站点"].value) == ("马村镇", "马村镇东周村退役军人服务站")
    assert (first["来源文件"].value, first["工作表"].value, first["行"].value) == (
        "workbooks/stations/L2.xlsx",
        "Sheet1",
        5,
    )
    assert not {"序号", "走访反馈"} & set(first), "nobody filled these"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.print_title_rows == "$1:$1"


def test_calamine_reads_the_same(tmp_path: Path) -> None:
    rows = [samples.visit(_row=n, 走访内容=f"第 {n} 次") for n in range(5, 25)]
    written(tmp_path, samples.county({"L2": rows}))
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "workbooks/out/consolidated.xlsx"))
    read = book.get_sheet_by_name("走访慰问").to_python()
    column = read[0].index("走访内容")
    assert [row[column] for row in read[1:]] == [f"第 {n} 次" for n in range(5, 25)]
    assert read[1][read[0].index("走访日期")] == date(2020, 1, 20)


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|' /C calc'!A0",
    "http://example.org",
    "{=1}",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_stays_a_text(tmp_path: Path, text: str) -> None:
    rows = [
        samples.visit(走访内容=text, _sheet=text, _other=text, _file=f"workbooks/stations/{text.replace('/', '')}.xlsx")
    ]
    sheet = written(tmp_path, samples.county({"L2": rows}))["走访慰问"]
    row = rows_of(sheet)[0]
    for name in ("走访内容", "工作表", "其他列"):
        assert row[name].value == text
        assert row[name].data_type != "f"
        assert row[name].hyperlink is None


def test_hard_characters_survive(tmp_path: Path) -> None:
    texts = [
        "a<b>&\"'",
        "line\nbreak\ttab",
        "_x0041_",
        "ctrl\x01\x1f end",
        "\r",
        "  padded  ",
        "𠮷野家",
        "￾",
        "\ud800 half",
    ]
    rows = [samples.visit(走访内容=text) for text in texts[:-1]]
    sheet = written(tmp_path, samples.county({"L2": rows}))["走访慰问"]
    from openpyxl.utils.escape import unescape

    assert [unescape(row["走访内容"].value) for row in rows_of(sheet)] == [*texts[:-2], texts[-2]]
    assert bulk.escape(texts[-1]) == "\ufffd half"


def test_a_long_text_is_cut_where_one_can_see_it(tmp_path: Path) -> None:
    sheet = written(
        tmp_path, samples.county({"L2": [samples.visit(走访内容="长" * 40_000), samples.visit(走访内容="𠮷" * 20_000)]})
    )["走访慰问"]
    first, second = (row["走访内容"].value for row in rows_of(sheet))
    assert len(first) == 32_767
    assert first.endswith("长…")
    assert len(second.encode("utf-16-le")) // 2 <= 32_767
    assert second.endswith("𠮷…")


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path) -> None:
    rows = [samples.visit(_row=n) for n in range(7)]
    book = written(tmp_path, samples.county({"L2": rows}), sheet_rows=3)
    assert book.sheetnames == ["走访慰问", "走访慰问 (2)", "走访慰问 (3)"]
    assert [cell["行"].value for sheet in book for cell in rows_of(sheet)] == list(range(7))
    assert rows_of(book["走访慰问 (2)"])[0]["行"].hyperlink.location == "'Sheet1'!A3"


@pytest.mark.parametrize(
    "name", ["马村镇 2020年(最终).xlsx", "a#b%20c&d'e\"f?.xlsx", "100%.xls", "半角[1]{2}^`.xlsm", "台账.csv"]
)
def test_a_row_links_to_its_source(tmp_path: Path, name: str) -> None:
    file = f"workbooks/stations/马村镇/{name}"
    sheet = written(tmp_path, samples.county({"L2": [samples.visit(_file=file, _sheet="春节's", _row=9)]}))["走访慰问"]
    link = rows_of(sheet)[0]["行"].hyperlink
    out = tmp_path / "workbooks" / "out"
    assert Path(os.path.normpath(out / unquote(link.target))) == tmp_path / file
    assert not set(link.target) & set(' #?"<>[]{}^`')
    assert link.location == (None if name.endswith("csv") else "'春节''s'!A9")


def test_where_there_are_too_many_links_each_block_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consolidated_sheet, "MAX_LINKS", 4)
    rows = [samples.visit(_file=f"workbooks/stations/{n // 3}.xlsx", _row=5 + n) for n in range(9)]
    sheet = written(tmp_path, samples.county({"L2": rows}))["走访慰问"]
    assert [row["行"].value for row in rows_of(sheet) if row["行"].hyperlink] == [5, 8, 11]


def test_a_repeated_row_names_the_one_that_counts(tmp_path: Path) -> None:
    old, new = "workbooks/stations/11月.xlsx", "workbooks/stations/12月.xlsx"
    rows = [
        samples.visit(_file=old, _key="k", _row=7),
        samples.visit(_file=new, _key="k", _row=9),
        samples.visit(_file=new, _key="k", _row=10),
    ]
    sheet = written(tmp_path, samples.county({"L2": rows}, recency={old: 1, new: 2}))["走访慰问"]
    assert [row["重复"].value for row in rows_of(sheet)] == [
        "与 12月.xlsx（Sheet1）第 9 行重复，以该行为准", None, "与第 9 行重复，以该行为准"]  # fmt: skip
    assert rows_of(sheet)[0]["被走访人"].font.color.rgb == "FF8A94A0"


def test_findings_stand_at_their_row_a_few_of_them(tmp_path: Path) -> None:
    file = "workbooks/stations/L1.xlsx"
    findings = [samples.missing(5), *(samples.missing(6, n, field=name) for n, name in enumerate(["姓名", "性别", "民族", "户籍地", "人员类别"], 2)),
                samples.missing(5, code="I225", severity="info"), samples.missing(5, file="other.xlsx")]  # fmt: skip
    sheet = written(
        tmp_path, samples.county({"L1": [{"姓名": "张三", "_file": file}, {"姓名": "李四", "_file": file}]}, findings)
    )["基本信息"]
    first, second = (row["问题"].value for row in rows_of(sheet))
    assert first == "“身份证号”没有填，请补填"
    assert second.count("没有填") == 3
    assert second.endswith("……等 5 处")


def test_a_date_before_excels_calendar_is_a_text(tmp_path: Path) -> None:
    rows = [{"姓名": "张三", "出生日期": (date(1898, 3, 1), date(1898, 3, 31))}, {"姓名": "李四", "出生日期": date(1900, 2, 1)},
            {"姓名": "王五", "出生日期": date(1900, 3, 1)}]  # fmt: skip
    sheet = written(tmp_path, samples.county({"L1": rows}))["基本信息"]
    assert [row["出生日期"].value for row in rows_of(sheet)] == [
        "1898-03",
        "1900-02-01",
        openpyxl.utils.datetime.from_excel(61),
    ]


def test_nothing_sent_is_said(tmp_path: Path) -> None:
    book = written(tmp_path, samples.county({}))
    assert book.sheetnames == ["没有记录"]
    assert "没有任何站点" in book.worksheets[0]["A2"].value
    english = written(tmp_path, samples.county({"L2": [samples.visit()]}), lang="en")["走访慰问"]
    assert [cell.value for cell in english[1]][-9:] == [
        "Township",
        "Station",
        "Source file",
        "Sheet",
        "Row",
        "Other columns",
        "Repeated",
        "Counts in",
        "Findings",
    ]


def test_a_file_held_open_gets_a_numbered_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, real = tmp_path / "consolidated.xlsx", os.replace
    path.write_bytes(b"old")

    def refuse(source: Path, target: Path) -> None:
        if Path(target) == path:
            raise PermissionError(13, "in use")
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    assert write_consolidated(path, samples.county({"L2": [samples.visit()]})) == [tmp_path / "consolidated (2).xlsx"]
    assert path.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["consolidated (2).xlsx", "consolidated.xlsx"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "consolidated.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(
        bulk.BulkSheet, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space"):
        write_consolidated(path, samples.county({"L2": [samples.visit()]}))
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["consolidated.xlsx"]


def test_the_parts_stand_in_the_order_that_excel_insists_on(tmp_path: Path) -> None:
    rows = [samples.visit(_file="workbooks/stations/a&b.xlsx", _sheet="<x>")]
    written(tmp_path, samples.county({"L2": rows, "L1": [{"姓名": "张三"}]}))
    order = ["sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter", "hyperlinks", "printOptions",
             "pageMargins", "pageSetup", "headerFooter", "ignoredErrors"]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "workbooks/out/consolidated.xlsx") as package:
        parts = {name: ET.fromstring(package.read(name)) for name in package.namelist()}
        listed = {override.get("PartName") for override in parts["[Content_Types].xml"] if override.get("PartName")}
    assert listed == {f"/{name}" for name in parts if not name.endswith(".rels") and name != "[Content_Types].xml"}
    for number in (1, 2):
        assert [child.tag.rpartition("}")[2] for child in parts[f"xl/worksheets/sheet{number}.xml"]] == order
    styles = [child.tag.rpartition("}")[2] for child in parts["xl/styles.xml"]]
    assert styles == ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"]
    used = {int(cell.get("s", 0)) for part in parts.values() for cell in part.iter(f"{MAIN}c")}
    formats = parts["xl/styles.xml"].find(f"{MAIN}cellXfs")
    assert formats is not None
    assert max(used) < len(formats)
