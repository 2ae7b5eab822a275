"""Files are read by their bytes, and what cannot be read says why."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.conftest import make_id, save_workbook
from tests.processing import process
from toolkit.intake.read import read_file

HEAD = ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]
ROW = ["张三", make_id(), "生活困难", "发放补助", "2020.5.1"]


def codes(path: Path) -> list[str]:
    return sorted(finding.code for finding in process(path).file.findings)


def test_csv_in_both_encodings(tmp_path: Path) -> None:
    text = "\r\n".join(",".join(row) for row in (HEAD, ROW))
    for name, data in {
        "a.csv": text.encode("gb18030"),
        "b.csv": b"\xef\xbb\xbf" + text.encode(),
        "c.csv": text.encode("utf-16"),
    }.items():
        (tmp_path / name).write_bytes(data)
        seen = process(tmp_path / name)
        assert (seen.file.status, seen.column("L3", "姓名"), seen.column("L3", "_row")) == ("ok", ["张三"], [2]), name


def test_a_web_page_named_xls_is_read_and_said(tmp_path: Path) -> None:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (HEAD, ROW))
    (tmp_path / "a.xls").write_bytes(
        f"<html><head><meta charset='gbk'></head><table>{cells}</table></html>".encode("gbk")
    )
    seen = process(tmp_path / "a.xls")
    assert seen.column("L3", "姓名") == ["张三"]
    assert codes(tmp_path / "a.xls") == ["W007"]


def test_html_spans_keep_their_columns(tmp_path: Path) -> None:
    page = (
        "<table><tr><td colspan=2>标题</td></tr><tr><td rowspan=2>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>"
    )
    sheet = read_file("a.html", page.encode()).sheets[0]
    assert sheet.values == [["标题", None], ["甲", "乙"], [None, "丙"]]
    assert sheet.merges == [(1, 1, 1, 2), (2, 1, 3, 1)]


def test_xlsx_under_the_name_xls_is_read_and_said(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "a.xlsx", [HEAD, ROW])
    path.rename(tmp_path / "a.xls")
    assert codes(tmp_path / "a.xls") == ["W007"]
    assert process(tmp_path / "a.xls").column("L3", "姓名") == ["张三"]


@pytest.mark.parametrize(
    ("name", "data", "code", "status"),
    [
        ("a.xlsx", b"", "E002", "unreadable"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 200, "E001", "unreadable"),
        ("a.xlsx", b"%PDF-1.4 ...", "E004", "unreadable"),
        ("a.xls", b"just some words\n", "E004", "unreadable"),
        ("a.jpg", b"\xff\xd8\xff\xe0 picture", "I010", "other"),
        ("a.xlsx", b"\0" * 4096, "E004", "unreadable"),
    ],
)
def test_what_cannot_be_read_names_the_cause(tmp_path: Path, name: str, data: bytes, code: str, status: str) -> None:
    (tmp_path / name).write_bytes(data)
    seen = process(tmp_path / name)
    assert ([finding.code for finding in seen.file.findings], seen.file.status) == ([code], status)


def test_a_password_is_named(tmp_path: Path) -> None:
    import msoffcrypto

    plain = save_workbook(tmp_path / "plain.xlsx", [HEAD, *[ROW] * 200])
    secret = tmp_path / "secret.xlsx"
    with plain.open("rb") as source, secret.open("wb") as target:
        msoffcrypto.OfficeFile(source).encrypt("pass", target)
    seen = process(secret)
    assert ([finding.code for finding in seen.file.findings], seen.file.status) == (["E003"], "encrypted")


def package(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(name, text)
    return buffer.getvalue()


def sheet_package(sheet: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    return package(**{
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet.replace("<worksheet>", f'<worksheet xmlns="{main}">'),
    })  # fmt: skip


def text_cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def table_xml(rows: dict[int, list[str]]) -> str:
    body = "".join(
        f'<row r="{row}">' + "".join(text_cell(f"{'ABCDE'[n]}{row}", cell) for n, cell in enumerate(cells)) + "</row>"
        for row, cells in rows.items()
    )
    return f"<worksheet><sheetData>{body}</sheetData></worksheet>"


def test_a_stray_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    """A dense reader would allocate seventeen thousand million cells, and did abort the process."""
    xml = table_xml({1: HEAD, 2: ROW}).replace(
        "</sheetData>", f'<row r="1048576">{text_cell("XFD1048576", "x")}</row></sheetData>'
    )
    (tmp_path / "a.xlsx").write_bytes(sheet_package(xml))
    seen = process(tmp_path / "a.xlsx")
    assert seen.column("L3", "姓名") == ["张三"]


def test_a_used_range_to_the_last_row_is_trimmed(tmp_path: Path) -> None:
    xml = table_xml({1: HEAD, 2: ROW}).replace(
        "</sheetData>", f'<row r="1048576">{text_cell("A1048576", "李四")}</row></sheetData>'
    )
    (tmp_path / "a.xlsx").write_bytes(sheet_package(xml))
    seen = process(tmp_path / "a.xlsx")
    assert seen.column("L3", "_row") == [2, 1048576]


def test_entities_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(sheet_package('<!DOCTYPE a [<!ENTITY b "c">]>' + table_xml({1: HEAD})))
    assert codes(tmp_path / "a.xlsx") == ["E005"]


def test_a_package_that_unpacks_to_a_gigabyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(sheet_package("<worksheet>" + " " * (220 << 20) + "</worksheet>"))
    assert codes(tmp_path / "a.xlsx") == ["E005"]


def test_a_lying_dimension_loses_nothing(tmp_path: Path) -> None:
    xml = table_xml({1: HEAD, 2: ROW, 3: ROW}).replace("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
    (tmp_path / "a.xlsx").write_bytes(sheet_package(xml))
    assert process(tmp_path / "a.xlsx").column("L3", "_row") == [2, 3]


def test_error_cells_and_formulas_without_results_are_said_at_their_cells(tmp_path: Path) -> None:
    error = '<c r="C2" t="e"><v>#REF!</v></c>'
    formula = '<c r="D2"><f>A1</f></c>'
    row = f'<row r="2">{text_cell("A2", "张三")}{text_cell("B2", make_id())}{error}{formula}{text_cell("E2", "2020.5.1")}</row>'
    (tmp_path / "a.xlsx").write_bytes(sheet_package(table_xml({1: HEAD}).replace("</sheetData>", f"{row}</sheetData>")))
    assert process(tmp_path / "a.xlsx").at == {"C2": "E227", "D2": "W228"}


def test_our_own_findings_sheet_is_not_read_as_data(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = save_workbook(tmp_path / "a.xlsx", [HEAD, ROW])
    book = load_workbook(path)
    sheet = book.create_sheet("问题清单")
    for row in (["台账检查 · 问题清单"], HEAD, ["李四", "123", "x", "y", "z"]):
        sheet.append(row)
    book.save(path)
    seen = process(path)
    assert (seen.file.rows, seen.at) == (1, {})
