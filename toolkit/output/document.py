"""Documents in the style of 公文 (GB/T 9704): A4, 方正小标宋 title, 仿宋 text of 三号, 28 points a line, page numbers as — 1 —.

Fonts that a computer lacks are replaced by those named beside them in the document's own font table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TITLE, BODY, HEADING, NUMBERS = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
_SUBSTITUTES = {TITLE: "华文中宋", BODY: "仿宋", HEADING: "SimHei", "楷体_GB2312": "楷体", NUMBERS: "SimSun"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SIZES = {"title": 22, "subtitle": 16, "body": 16, "table": 12, "page": 14}
"""Points: 二号, 三号, 三号, 小四, 四号."""


class Document:
    """A document being written from the top."""

    def __init__(self, author: str) -> None:
        import docx
        from docx.shared import Mm, Pt

        self._pt = Pt
        self._document: Any = docx.Document()
        self._document.core_properties.author = author
        self._document.core_properties.comments = ""
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(28)
        normal = self._document.styles["Normal"]
        normal.font.size = Pt(_SIZES["body"])
        _set_font(normal.element.get_or_add_rPr(), BODY)
        self._author = author
        self._first: Any = None
        self._page_number(section)

    def title(self, words: str, below: str = "") -> None:
        """Write the title and the line below it, centred."""
        self._first = self._line(words, TITLE, "title", centred=True, spacing=36)
        if below:
            self._line(below, BODY, "subtitle", centred=True)
        self._line("", BODY, "body")

    def heading(self, words: str) -> None:
        """Write a heading of the first level, kept with what follows."""
        self._line(words, HEADING, "body", indent=True).paragraph_format.keep_with_next = True

    def paragraph(self, words: str) -> None:
        """Write a paragraph of text, its first line two characters in."""
        self._line(words, BODY, "body", indent=True)

    def caption(self, words: str) -> None:
        """Write the words above a table."""
        made = self._line(words, HEADING, "table", centred=True)
        made.paragraph_format.keep_with_next = True
        made.paragraph_format.space_before = self._pt(12)

    def table(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], right: Sequence[int] = ()
    ) -> None:
        """Write a table; its heading is repeated on every page. ``widths`` in mm; ``right``: the columns of numbers."""
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        table = self._document.add_table(rows=1 + len(rows), cols=len(headings), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        _repeat(table.rows[0])
        columns = table._cells  # every cell at once: asking row by row is quadratic
        for number, words in enumerate([*headings, *(cell for row in rows for cell in row)]):
            cell, column = columns[number], number % len(headings)
            cell.width = Mm(widths[column])
            head = number < len(headings)
            self._fill(cell.paragraphs[0], words, HEADING if head else BODY, "right" if column in right and not head else
                       "center" if head else "left")  # fmt: skip

    def signed(self, *lines: str) -> None:
        """Write the office and the date at the right, below the text and never on a page without any of it."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        kept = [*self._document.paragraphs[-1:], self._line("", BODY, "body")]
        for words in lines:
            made = self._line(words, BODY, "body")
            made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            made.paragraph_format.right_indent = self._pt(2 * _SIZES["body"])
            kept.append(made)
        for paragraph in kept[:-1]:
            paragraph.paragraph_format.keep_with_next = True

    def comment(self, words: str) -> None:
        """Attach a comment to the title: for the officer, no part of the text."""
        self._document.add_comment(self._first.runs, text=_plain(words), author=self._author, initials="")

    def save(self, path: Path) -> None:
        """Write the document."""
        _name_substitutes(self._document)
        with path.open("wb") as stream:
            self._document.save(stream)

    def _line(
        self, words: str, font: str, size: str, *, centred: bool = False, indent: bool = False, spacing: float = 28
    ) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING

        made = self._document.add_paragraph()
        shape = made.paragraph_format
        shape.space_before = shape.space_after = self._pt(0)
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, self._pt(spacing)
        if centred:
            made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if indent:
            shape.first_line_indent = self._pt(2 * _SIZES[size])
        self._run(made, words, font, size)
        return made

    def _run(self, paragraph: Any, words: str, font: str, size: str) -> None:
        run = paragraph.add_run(_plain(words))
        run.font.size = self._pt(_SIZES[size])
        _set_font(run._element.get_or_add_rPr(), font)

    def _fill(self, paragraph: Any, words: str, font: str, aligned: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, aligned.upper())
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = self._pt(3)
        self._run(paragraph, words, font, "table")

    def _page_number(self, section: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, "— ", NUMBERS, "page")
        self._run(paragraph, "", NUMBERS, "page")
        for kind, words in (("begin", ""), ("", " PAGE "), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = words
            paragraph.runs[-1]._element.append(element)
        self._run(paragraph, " —", NUMBERS, "page")


def _plain(words: str) -> str:
    return _CONTROL.sub("", words)


def _set_font(properties: Any, font: str) -> None:
    """Set one font for all scripts: Latin letters and digits in a Chinese font are what 公文 asks for."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for key in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(key), font)
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(key), None)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for name in ("w:cantSplit", "w:tblHeader"):
        element = OxmlElement(name)
        element.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(element)


def _name_substitutes(document: Any) -> None:
    """Name in the font table what to use where a font is missing, and that these fonts are Chinese."""
    part = next((one for one in document.part.package.iter_parts() if one.partname == "/word/fontTable.xml"), None)
    assert part is not None, "python-docx's template has a font table"
    entries = "".join(
        f'<w:font w:name="{font}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="roman"/><w:pitch w:val="auto"/></w:font>'
        for font, other in _SUBSTITUTES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")
