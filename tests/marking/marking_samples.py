"""Workbooks of many origins, and what the tests ask of a package."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from toolkit.marking import FINDINGS_SHEET, FINDINGS_TITLE, NOTE_PREFIX
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
        self.before_sheets = self.more_sheets = self.after_sheets = self.workbook_rels = ""

    def _xml(self, text: str) -> bytes:
        return self.bom + (self.head + text).encode(self.encoding)

    def build(self) -> dict[str, bytes]:
        p = f"{self.prefix}:" if self.prefix else ""
        xmlns = f"xmlns:{self.prefix}" if self.prefix else "xmlns"
        rows = re.sub(r"<(/?)(?=\w)", rf"<\g<1>{p}", self.rows)
        data = self.sheet_data or f"<{p}sheetData>{rows}</{p}sheetData>"
        tail = re.sub(r"<(/?)(?=\w)(?!mc:|x14:|xm:|xdr:|x15:)", rf"<\g<1>{p}", self.tail)
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
                f'<{p}workbook {xmlns}="{self.main}" xmlns:r="{self.rel}">{self.before_sheets}<{p}sheets><{p}sheet name="台账"'
                ' sheetId="1"'
                f' r:id="rId1"/>{self.more_sheets}</{p}sheets>{self.after_sheets}</{p}workbook>'
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
                f' Type="{self.rel}/worksheet"'
                f' Target="worksheets/sheet1.xml"/>{styles}<Relationship Id="rId3"'
                f' Type="{self.rel}/sharedStrings"'
                f' Target="sharedStrings.xml"/>{self.workbook_rels}</Relationships>'
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


def with_header_picture(path: Path) -> None:
    """A picture in the page header, whose VML drawing comes before that of the notes."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row("A2", [1])
        sheet.write_string("C2", "149999199201010001")
        sheet.write_comment("D9", "别人的批注")
        sheet.set_header("&L&G", {"image_left": "i.png", "image_data_left": io.BytesIO(_png())})


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\xff\0\0" * 8) * 8)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def _relationships(*items: tuple[str, str, str]) -> bytes:
    inside = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in items)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


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
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
_X14_VALIDATIONS = (
    f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}"><x14:dataValidations count="1" xmlns:xm="{XM}">'
    '<x14:dataValidation type="list" allowBlank="1" showErrorMessage="1"><x14:formula1><xm:f>台账!$A$1:$A$9</xm:f></x14:formula1>'
    "<xm:sqref>F2:F30</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)
_CELL_IMAGES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><etc:cellImages xmlns:xdr="http://schemas.openxmlformats.org/drawingml'
    '/2006/spreadsheetDrawing" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas'
    '.openxmlformats.org/drawingml/2006/main" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic>'
    '<xdr:nvPicPr><xdr:cNvPr id="2" name="ID_0A1B2C" descr="照片"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>'
    '<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="76200" cy="76200"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic></etc:cellImage></etc:cellImages>'
).encode()
_SLICER_TAIL = (
    '<tableParts count="1"><tablePart r:id="rId1"/></tableParts><extLst><ext uri="{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}"'
    f' xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x14:slicerList xmlns:x14="{X14}">'
    '<x14:slicer r:id="rId2"/></x14:slicerList></ext></extLst>'
)
_SLICER_WORKBOOK = (
    '<definedNames><definedName name="切片器_姓名">#N/A</definedName></definedNames><extLst><ext uri="{46BE6895-7355-4a93-B00E-'
    '2C351335B9C9}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:slicerCaches'
    f' xmlns:x14="{X14}"><x14:slicerCache r:id="rId8"/></x15:slicerCaches></ext></extLst>'
)
_SLICER_PARTS = {
    "xl/tables/table1.xml": (
        f'<table xmlns="{MAIN}" id="1" name="表1" displayName="表1" ref="A1:A2" totalsRowShown="0"><autoFilter ref="A1:A2"/>'
        '<tableColumns count="1"><tableColumn id="1" name="姓名"/></tableColumns></table>'
    ).encode(),
    "xl/slicers/slicer1.xml": (
        f'<slicers xmlns="{X14}"><slicer name="姓名" cache="切片器_姓名" caption="姓名" rowHeight="241300"/></slicers>'
    ).encode(),
    "xl/slicerCaches/slicerCache1.xml": (
        f'<slicerCacheDefinition xmlns="{X14}" name="切片器_姓名" sourceName="姓名"><extLst><x:ext xmlns:x="{MAIN}"'
        ' uri="{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
        '<x15:tableSlicerCache tableId="1" column="1"/></x:ext></extLst></slicerCacheDefinition>'
    ).encode(),
}
_FORM_CONTROL = (
    '<drawing r:id="rIdD"/><legacyDrawing r:id="rIdV"/><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-'
    'compatibility/2006"><mc:Choice Requires="x14"><controls><mc:AlternateContent><mc:Choice Requires="x14"><control shapeId="1030"'
    ' r:id="rIdP" name="勾选"><controlPr defaultSize="0" autoFill="0" autoLine="0" autoPict="0"><anchor moveWithCells="1"><from>'
    '<xdr:col xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">9</xdr:col></from><to>'
    '<xdr:col xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing">10</xdr:col></to></anchor></controlPr>'
    "</control></mc:Choice></mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"
)
_CONTROL_DRAWING = (
    b'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    b' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/>'
)
_CHECK_BOX = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201"'
    b' path="m,l,21600r21600,l21600,xe"/><v:shape id="_x0000_s1030" type="#_x0000_t201" style="position:absolute;width:60pt;'
    b'height:15pt"><x:ClientData ObjectType="Checkbox"><x:Anchor>9, 0, 1, 0, 10, 0, 2, 0</x:Anchor><x:Checked>1</x:Checked>'
    b"<x:FmlaLink>$J$1</x:FmlaLink></x:ClientData></v:shape></xml>"
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
        rows='<row r="2"><c r="C2" t="s"><v>0</v></c><c r="D2" t="str"><f>_xlfn.DISPIMG("ID_0A1B2C",1)</f>'
        '<v>=DISPIMG("ID_0A1B2C",1)</v></c></row><row r="3"><c r="D3"><v>45000</v></c></row>',
        workbook_rels='<Relationship Id="rId9" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/>',
        types='<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/cellimages.xml"'
        ' ContentType="application/vnd.wps-officedocument.cellimage+xml"/>',
        extra={
            "xl/cellimages.xml": _CELL_IMAGES,
            "xl/_rels/cellimages.xml.rels": _relationships(("rId1", f"{REL}/image", "media/image1.png")),
            "xl/media/image1.png": _png(),
        },
    ),
    "x14 validations": hand_made(tail=_X14_VALIDATIONS),
    "slicers": hand_made(
        rows='<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>甲</t>'
        '</is></c><c r="C2" t="s"><v>0</v></c></row><row r="3"><c r="D3"><v>45000</v></c></row>',
        tail=_SLICER_TAIL,
        sheet_rels=f'<Relationship Id="rId1" Type="{REL}/table" Target="../tables/table1.xml"/><Relationship Id="rId2"'
        ' Type="http://schemas.microsoft.com/office/2007/relationships/slicer" Target="../slicers/slicer1.xml"/>',
        after_sheets=_SLICER_WORKBOOK,
        workbook_rels='<Relationship Id="rId8" Type="http://schemas.microsoft.com/office/2007/relationships/slicerCache"'
        ' Target="slicerCaches/slicerCache1.xml"/>',
        types='<Override PartName="/xl/tables/table1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml'
        '.table+xml"/><Override PartName="/xl/slicers/slicer1.xml" ContentType="application/vnd.ms-excel.slicer+xml"/><Override'
        ' PartName="/xl/slicerCaches/slicerCache1.xml" ContentType="application/vnd.ms-excel.slicerCache+xml"/>',
        extra=_SLICER_PARTS,
    ),
    "form controls": hand_made(
        styles=_FULL_STYLES,
        tail=_FORM_CONTROL,
        sheet_rels=f'<Relationship Id="rIdD" Type="{REL}/drawing" Target="../drawings/drawing1.xml"/><Relationship Id="rIdV"'
        f' Type="{REL}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/><Relationship Id="rIdP" Type="{REL}/ctrlProp"'
        ' Target="../ctrlProps/ctrlProp1.xml"/>',
        types='<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/><Override'
        ' PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/><Override'
        ' PartName="/xl/ctrlProps/ctrlProp1.xml" ContentType="application/vnd.ms-excel.controlproperties+xml"/>',
        extra={
            "xl/drawings/drawing1.xml": _CONTROL_DRAWING,
            "xl/drawings/vmlDrawing1.vml": _CHECK_BOX,
            "xl/ctrlProps/ctrlProp1.xml": b'<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
            b' objectType="CheckBox" checked="Checked" fmlaLink="$J$1" lockText="1"/>',
        },
    ),
    "shared and external formulas": hand_made(
        rows='<row r="1"><c r="A1"><v>7</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>0</v></c><c r="E2">'
        '<f t="shared" ref="E2:E3" si="0">A2*2</f><v>2</v></c></row><row r="3"><c r="A3"><v>4</v></c><c r="D3"><v>45000</v></c>'
        '<c r="E3"><f t="shared" si="0"/><v>8</v></c><c r="F3"><f>[1]甲!$A$1</f><v>11</v></c></row>',
        after_sheets='<externalReferences><externalReference r:id="rId7"/></externalReferences><definedNames><definedName'
        ' name="_xlnm.Print_Area" localSheetId="0">台账!$A$1:$H$40</definedName><definedName name="合计">台账!$A$1</definedName>'
        "</definedNames>",
        workbook_rels=f'<Relationship Id="rId7" Type="{REL}/externalLink" Target="externalLinks/externalLink1.xml"/>',
        types='<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.externalLink+xml"/>',
        extra={
            "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{REL}" r:id="rId1">'
            '<sheetNames><sheetName val="甲"/></sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>11</v>'
            "</cell></row></sheetData></sheetDataSet></externalBook></externalLink>".encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": (
                f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/externalLinkPath"'
                ' Target="other.xlsx" TargetMode="External"/></Relationships>'
            ).encode(),
        },
    ),
    "very hidden and protected": hand_made(
        before_sheets='<workbookProtection lockStructure="1"/><bookViews><workbookView activeTab="0"/></bookViews>',
        more_sheets='<sheet name="隐" sheetId="2" state="veryHidden" r:id="rId6"/>',
        workbook_rels=f'<Relationship Id="rId6" Type="{REL}/worksheet" Target="worksheets/sheet2.xml"/>',
        tail='<sheetProtection password="CC1A" sheet="1" objects="1" scenarios="1"/>',
        types='<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/>',
        extra={
            "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>5</v></c></row>'
            "</sheetData></worksheet>".encode()
        },
    ),
    "header picture": with_header_picture,
    "macros": hand_made(extra={"xl/vbaProject.bin": bytes(range(256)) * 40}),
    "row numbers jump": hand_made(
        rows='<row r="3"><c r="D3"><v>45000</v></c></row><row spans="1:3"><c><v>1</v></c></row><row r="40"/>'
    ),
}


def notes(path: Path) -> dict[str, str]:
    """Return the text of every note by part and cell: all its runs together, however a program has split them."""
    from lxml import etree

    found = {}
    for name, content in parts(path).items():
        if "comments" in name.lower() and name.endswith(".xml"):
            for item in etree.fromstring(content).iter("{*}comment"):
                found[f"{name}!{item.get('ref')}"] = "".join(text.text or "" for text in item.iter("{*}t"))
    return found


def assert_clean(path: Path) -> None:
    """Make sure that nothing of ours is left, whatever program has written it last."""
    for name, content in parts(path).items():
        assert b"taizhang" not in content.lower(), name
        assert "Taizhang" not in name
        words = "".join(re.findall(r">([^<]*)", content.decode("utf-8", "replace")))
        assert NOTE_PREFIX not in words, name
        assert FINDINGS_TITLE not in words, name
    assert not [note for note in notes(path).values() if "台账检查" in note]
    book = openpyxl.load_workbook(path)
    assert not any(name.startswith(FINDINGS_SHEET) for name in book.sheetnames)


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
