"""The fixed parts of a workbook that :mod:`toolkit.output.bulk` writes: styles, the list of sheets, content types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolkit.model import column_letters

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KINDS = "application/vnd.openxmlformats-officedocument"

STYLES_HEAD = _DECLARATION + f'<styleSheet xmlns="{_MAIN}">'
RELS = (
    f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>'
)
APP = (
    f'{_DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>taizhang</Application></Properties>"
)
_MUTED = "8A94A0"
_BUILT_IN = {"General": 0, "0": 1, "@": 49}


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks. Colours are RRGGBB; an empty one is none; ``muted`` greys the text."""

    format: str = "General"
    color: str = ""
    fill: str = ""
    bold: bool = False
    align: str = ""
    wrap: bool = False
    underline: bool = False
    muted: bool = False


def CONTENT_TYPES(sheets: int) -> str:  # noqa: N802 - the part's own name
    """Return the part that says what the others are."""
    overrides = [("/xl/workbook.xml", f"{_KINDS}.spreadsheetml.sheet.main+xml"), ("/xl/styles.xml", f"{_KINDS}.spreadsheetml.styles+xml"),
                 ("/docProps/app.xml", f"{_KINDS}.extended-properties+xml")]  # fmt: skip
    overrides += [
        (f"/xl/worksheets/sheet{n}.xml", f"{_KINDS}.spreadsheetml.worksheet+xml") for n in range(1, sheets + 1)
    ]
    entries = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{entries}</Types>'
    )


def styles_part(styles: Sequence[Style], font: str) -> str:
    """Return the style sheet's content: one cell format for each style, after the plain one."""
    formats: dict[str, int] = {}
    fonts: dict[tuple[str, bool, bool], int] = {("", False, False): 0}
    fills: dict[str, int] = {"": 0, "gray125": 1}
    cells = ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>']
    for style in styles:
        number = _BUILT_IN.get(style.format)
        if number is None:
            number = formats.setdefault(style.format, 164 + len(formats))
        font_id = fonts.setdefault((_MUTED if style.muted else style.color, style.bold, style.underline), len(fonts))
        fill_id = fills.setdefault(style.fill, len(fills))
        align = f' horizontal="{style.align}"' if style.align else ""
        wrap = ' wrapText="1"' if style.wrap else ""
        cells.append(
            f'<xf numFmtId="{number}" fontId="{font_id}" fillId="{fill_id}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
            f' applyFill="1" applyAlignment="1"><alignment{align} vertical="center"{wrap}/></xf>'
        )
    shown = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for code, n in formats.items())
    return (
        (f'<numFmts count="{len(formats)}">{shown}</numFmts>' if formats else "")
        + f'<fonts count="{len(fonts)}">{"".join(_font(font, *one) for one in fonts)}</fonts>'
        + f'<fills count="{len(fills)}">{"".join(map(_fill, fills))}</fills>'
        + '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        + f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        + '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _font(name: str, color: str, bold: bool, underline: bool) -> str:  # noqa: FBT001 - the parts of a key
    shade = f'<color rgb="FF{color}"/>' if color else '<color rgb="FF1F2933"/>'
    return (
        f'<font>{"<b/>" if bold else ""}{"<u/>" if underline else ""}<sz val="10"/>{shade}<name val="{name}"/>'
        '<family val="2"/><charset val="134"/></font>'
    )


def _fill(color: str) -> str:
    if not color:
        return '<fill><patternFill patternType="none"/></fill>'
    if color == "gray125":
        return '<fill><patternFill patternType="gray125"/></fill>'
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{color}"/><bgColor indexed="64"/></patternFill></fill>'
    )


def workbook_part(sheets: Sequence[tuple[str, int, int]], label: str, escape: Callable[[str], str]) -> tuple[str, str]:
    """Return the workbook part and its relationships; sheets are (name, columns, rows)."""
    entries, names, rels = [], [], []
    for number, (name, width, rows) in enumerate(sheets, 1):
        shown = escape(name).replace('"', "&quot;")
        quoted = "'" + escape(name).replace("'", "''") + "'"
        entries.append(f'<sheet name="{shown}" sheetId="{number}" r:id="rId{number}"/>')
        area = f"{quoted}!$A$1:${column_letters(width)}${rows + 1}"
        names.append(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number - 1}" hidden="1">{area}</definedName>'
        )
        names.append(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{number - 1}">{quoted}!$A:$A,{quoted}!$1:$1</definedName>'
        )
        rels.append(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
    names.append(f'<definedName name="_taizhang_output" hidden="1">"{label}"</definedName>')
    rels.append(f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>')
    workbook = (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView xWindow="0" yWindow="0"'
        f' windowWidth="28800" windowHeight="15600" tabRatio="850"/></bookViews><sheets>{"".join(entries)}</sheets>'
        f'<definedNames>{"".join(names)}</definedNames><calcPr calcId="191029"/></workbook>'
    )
    return workbook, f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rels)}</Relationships>'
