"""Workbooks of many origins, and what the tests ask of a package."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from toolkit.model import Mark

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET_ORDER = (  # noqa: SIM905 - reads better so
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges"
    " scenarios"
    " autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting"
    " dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks"
    " customProperties"
    " cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls"
    " webPublishItems tableParts extLst"
).split()

MARKS = [
    Mark("台账", "B2", "error", "E201", "姓名没有填写，请补填"),
    Mark("台账", "B3", "error", "E201", "姓名没有填写，请补填"),
    Mark("台账", "C2", "error", "E212", '身份证号"末位"不符 <请核对> & 重录', "=1+1"),
    Mark("台账", "D3", "warning", "W210", "日期晚于填报日期，请核对"),
    Mark("台账", "E2", "info", "I301", "金额像是以万元为单位", "5000"),
    Mark("台账", "E2", "warning", "W302", "金额偏高"),
    Mark("台账", "H40", "error", "E201", "备注没有填写"),
]


def parts(path: Path) -> dict[str, bytes]:
    """Return every member's content by name, in order."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def made_by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append(["序号", "姓名", "身份证号", "日期", "金额"])
    for row in range(1, 30):
        name = None if row in (1, 2) else f"张{row}"
        sheet.append([row, name, f"149999199201010{row:03d}", dt.date(2024, 1, row), row * 100.5])
    sheet["D5"].comment = Comment("本人已核实", "王五")
    sheet.merge_cells("H39:I41")
    sheet.conditional_formatting.add(
        "A1:A9", CellIsRule("greaterThan", ["5"], True, fill=PatternFill("solid", "FF00FF"))
    )
    sheet.conditional_formatting.add("B1:B9", FormulaRule(["LEN(B1)>2"]))
    validation = DataValidation("list", formula1='"男,女"')
    validation.add("F2:F30")
    sheet.add_data_validation(validation)
    book.create_sheet("说明")["A1"] = "=SUM(台账!E2:E9)"
    book.save(path)


def made_by_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        dated = book.add_format({"num_format": "yyyy-mm-dd", "bold": True})
        sheet.write_row(0, 0, ["序号", "姓名", "身份证号", "日期", "金额"])
        for row in range(1, 30):
            sheet.write_number(row, 0, row)
            sheet.write_string(row, 2, f"149999199201010{row:03d}")
            sheet.write_datetime(row, 3, dt.date(2024, 1, row), dated)
            sheet.write_formula(row, 4, f"=A{row + 1}*100", None, row * 100)
        sheet.write_comment("B9", "别人的批注")
        sheet.conditional_format("E2:E30", {"type": "data_bar", "data_bar_2010": True})
        sheet.conditional_format(
            "A2:A30", {"type": "cell", "criteria": ">", "value": 3, "stop_if_true": True, "format": dated}
        )
        sheet.add_sparkline("G2", {"range": "台账!A2:E2"})
        sheet.data_validation("F2:F9", {"validate": "list", "source": ["男", "女"]})
        sheet.insert_button("K2", {"caption": "按钮"})
        sheet.insert_textbox("K5", "文本框")
        sheet.set_footer("&P")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=台账!$A$2:$A$9"})
        sheet.insert_chart("K9", chart)
        listed = book.add_worksheet("表格")
        listed.add_table("A1:C4", {"data": [["甲", 1, 2], ["乙", 3, 4], ["丙", 5, 6]]})
        listed.protect("123")
        other = book.add_chart({"type": "pie"})
        other.add_series({"values": "=台账!$A$2:$A$5"})
        book.add_chartsheet("图").set_chart(other)
        book.define_name("合计", "=台账!$A$1")


class HandMade:
    """A minimal workbook written by hand; every oddity of the field can be switched on."""

    def __init__(self) -> None:
        self.main, self.rel = MAIN, REL
        self.sheet_name = "xl/worksheets/sheet1.xml"
        self.rows = (
            '<row r="1"><c r="A1" t="inlineStr"><is><t>序号</t></is></c></row>'
            '<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>0</v></c><c r="E2"><v>5000</v></c></row>'
            '<row r="3"><c r="D3" s="0"><v>45000</v></c></row>'
        )
        self.tail = ""
        self.prefix = ""
        self.styles: str | None = '<styleSheet xmlns="{main}"/>'
        self.extra: dict[str, bytes] = {}
        self.sheet_rels = ""
        self.types = ""
        self.head = '<?xml version="1.0" encoding="UTF-8"?>'
        self.encoding = "utf-8"
        self.bom = b""
        self.separator = "/"
        self.method = zipfile.ZIP_DEFLATED
        self.sheet_data: str | None = None
        self.strings = "<si><t>149999199201010001</t></si>"

    def _xml(self, text: str) -> bytes:
        return self.bom + (self.head + text).encode(self.encoding)

    def build(self) -> dict[str, bytes]:
        p = f"{self.prefix}:" if self.prefix else ""
        xmlns = f"xmlns:{self.prefix}" if self.prefix else "xmlns"
        rows = re.sub(r"<(/?)(?=\w)", rf"<\g<1>{p}", self.rows)
        data = self.sheet_data or f"<{p}sheetData>{rows}</{p}sheetData>"
        tail = re.sub(r"<(/?)(?=\w)(?!mc:|x14:|xm:)", rf"<\g<1>{p}", self.tail)
        sheet = f'<{p}worksheet {xmlns}="{self.main}" xmlns:r="{self.rel}">{data}{tail}</{p}worksheet>'
        styles = f'<Relationship Id="rId2" Type="{self.rel}/styles" Target="styles.xml"/>' if self.styles else ""
        found = {
            "[Content_Types].xml": (
                f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
                ' ContentType="application/vnd.open'
                'xmlformats-package.relationships+xml"/><Default Extension="xml"'
                ' ContentType="application/xml"/>'
                '<Override PartName="/xl/workbook.xml"'
                ' ContentType="application/vnd.openxmlformats-officedocument'
                '.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml"'
                ' ContentType="application'
                '/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override'
                ' PartName="/xl/styles.xml"'
                ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
                '<Override PartName="/xl/sharedStrings.xml"'
                ' ContentType="application/vnd.openxmlformats-officedocument'
                f'.spreadsheetml.sharedStrings+xml"/>{self.types}</Types>'
            ),
            "_rels/.rels": (
                f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
                f' Type="{self.rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'<{p}workbook {xmlns}="{self.main}" xmlns:r="{self.rel}"><{p}sheets><{p}sheet name="台账"'
                ' sheetId="1"'
                f' r:id="rId1"/></{p}sheets></{p}workbook>'
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
                f' Type="{self.rel}/worksheet"'
                f' Target="worksheets/sheet1.xml"/>{styles}<Relationship Id="rId3"'
                f' Type="{self.rel}/sharedStrings"'
                ' Target="sharedStrings.xml"/></Relationships>'
            ),
            self.sheet_name: sheet,
            "xl/sharedStrings.xml": f'<sst xmlns="{self.main}">{self.strings}</sst>',
        }
        if self.styles:
            found["xl/styles.xml"] = self.styles.format(main=self.main)
        if self.sheet_rels:
            found["xl/worksheets/_rels/sheet1.xml.rels"] = (
                f'<Relationships xmlns="{PACKAGE}/relationships">{self.sheet_rels}</Relationships>'
            )
        built = {name: self._xml(text) for name, text in found.items()}
        return built | self.extra

    def write(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", self.method) as package:
            for name, content in self.build().items():
                info = zipfile.ZipInfo(name.replace("/", self.separator))
                info.filename = name.replace("/", self.separator)
                info.compress_type = self.method
                package.writestr(info, content)


def hand_made(**settings: object) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        book = HandMade()
        for name, value in settings.items():
            setattr(book, name, value)
        book.write(path)

    return make


def with_data_descriptors(path: Path) -> None:
    """Write to something that cannot seek: sizes then follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: object) -> int:
            self.data += bytes(piece)  # type: ignore[call-overload]
            return len(bytes(piece))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in HandMade().build().items():
            package.writestr(name, content)
    path.write_bytes(bytes(pipe.data))


def with_zip64_headers(path: Path) -> None:
    """Write as streaming producers do, with sizes in the zip64 field of every local header."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in HandMade().build().items():
            with package.open(name, "w", force_zip64=True) as member:
                member.write(content)


def with_upper_case_names(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in HandMade().build().items():
            package.writestr(name.replace("xl/worksheets/sheet1", "XL/Worksheets/Sheet1"), content)


_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="_x0000_s1030" type="#x">'
    b'<x:ClientData ObjectType="Button"><x:FmlaMacro>a</x:FmlaMacro></x:ClientData></v:shape></xml>'
)
_CONTROLS = (
    '<legacyDrawing r:id="rIdV"/><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility'
    '/2006"><mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14"/>'
    "</mc:AlternateContent>"
    '</controls></mc:Choice></mc:AlternateContent><tableParts count="0"/>'
)
_X14 = (
    (
        '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1" stopIfTrue="1"><formula>'
        "1=1</formula>"
        '</cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="F1">'
        "<formula1>A1</formula1></dataValidation></dataValidations>"
        '<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="http://schemas.microsoft.com/office/'
        'spreadsheetml/2009/9/main"><x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com'
        '/office/excel/2006/main"><x14:cfRule type="expression" priority="2" id="{{A}}"><xm:f>Sheet9!A</xm:f>'
        "</x14:cfRule>"
        "<xm:sqref>A2</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    .replace("{{", "{")
    .replace("}}", "}")
)
_THREADED = (
    b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    b'<threadedComment ref="B2" id="{1}" personId="{2}"><text>x</text></threadedComment></ThreadedComments>'
)
_FULL_STYLES = (
    '<styleSheet xmlns="{main}"><numFmts count="1"><numFmt numFmtId="170"'
    ' formatCode="yyyy&quot;年&quot;"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs><dxfs count="0"/></styleSheet>'
)

SAMPLES: dict[str, Callable[[Path], None]] = {
    "openpyxl": made_by_openpyxl,
    "xlsxwriter": made_by_xlsxwriter,
    "by hand": hand_made(),
    "full styles": hand_made(styles=_FULL_STYLES),
    "no styles": hand_made(styles=None),
    "prefixed": hand_made(prefix="x"),
    "byte order mark": hand_made(bom=b"\xef\xbb\xbf"),
    "no declaration": hand_made(head=""),
    "utf-16": hand_made(encoding="utf-16", head='<?xml version="1.0" encoding="UTF-16"?>'),
    "gbk": hand_made(encoding="gbk", head='<?xml version="1.0" encoding="GBK"?>'),
    "strict": hand_made(main=STRICT_MAIN, rel=STRICT_REL),
    "backslashes": hand_made(separator="\\"),
    "stored": hand_made(method=zipfile.ZIP_STORED),
    "data descriptors": with_data_descriptors,
    "zip64 headers": with_zip64_headers,
    "upper case": with_upper_case_names,
    "empty sheet": hand_made(sheet_data="<sheetData/>"),
    "cells without r": hand_made(
        rows='<row><c><v>1</v></c></row><row><c/><c/><c t="s"><v>0</v></c><c/><c><v>5</v></c></row>'
    ),
    "comments and CDATA": hand_made(
        rows='<!-- <row r="2"><c r="B2"><v>9</v></c></row> --><row r="2"><c r="C2" t="inlineStr"><is><t>'
        "<![CDATA[</c></row></sheetData>]]></t></is></c></row>"
    ),
    "x14 and stopIfTrue": hand_made(tail=_X14),
    "controls": hand_made(
        tail=_CONTROLS,
        sheet_rels=f'<Relationship Id="rIdV" Type="{REL}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>',
        extra={"xl/drawings/vmlDrawing1.vml": _VML},
        types='<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>',
    ),
    "threaded comment": hand_made(
        sheet_rels='<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threaded'
        'Comment" Target="../threadedComments/threadedComment1.xml"/>',
        extra={"xl/threadedComments/threadedComment1.xml": _THREADED},
    ),
    "WPS cell pictures": hand_made(
        extra={"xl/cellimages.xml": b"<etc:cellImages/>", "xl/media/image1.png": b"\x89PNG" * 99}
    ),
    "macros": hand_made(extra={"xl/vbaProject.bin": bytes(range(256)) * 40}),
    "row numbers jump": hand_made(
        rows='<row r="3"><c r="D3"><v>45000</v></c></row><row spans="1:3"><c><v>1</v></c></row><row r="40"/>'
    ),
}


def xml_children(data: bytes) -> list[str]:
    """Return the local names of the root's children."""
    from lxml import etree

    return [etree.QName(child).localname for child in etree.fromstring(data) if isinstance(child.tag, str)]


def overlapping_zip() -> bytes:
    """Return a zip whose two entries share one local header, as zip bombs do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("[Content_Types].xml", "x" * 200)
    data = buffer.getvalue()
    start = data.rindex(b"PK\1\2")
    entry = data[start : data.rindex(b"PK\5\6")]
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2, 2, 2 * len(entry), start, 0)
    return data[:start] + entry + entry.replace(b"[Content_Types].xml", b"[Content_Typez].xml") + end
