"""The sheet 年度综述: every figure of the yearly report with its value, its wording, how it is worked out, and a link to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.messages import text
from toolkit.output.figure_model import Figure
from toolkit.output.figures import not_computed
from toolkit.output.phrases import phrase, shown
from toolkit.output.places import percent
from toolkit.output.small import shown_small
from toolkit.output.sql import dated_across, day_field, in_period, quoted
from toolkit.output.summary_book import AMBER_DARK, GREY, LINE, TEAL, TEAL_PALE, Sheet
from toolkit.results import Results

_WIDTHS = (6, 25, 11, 6, 15, 17, 8, 36, 44, 8)
_KEYS = ("number", "figure", "value", "unit", "wording", "share", "rows_behind", "definition", "formula", "unclear")
_LAST = len(_WIDTHS)
_DEFINITION, _FORMULA = 7, 8


def write_year(
    sheet: Sheet, results: Results, figures: Sequence[Figure], starts: Mapping[str, str], title: str = ""
) -> None:
    """Fill the sheet with figures; ``starts``: figure → the cell of the evidence sheet where its rows begin, as a link's target."""
    lang = sheet.book.lang
    sheet.widths(*_WIDTHS)
    first, last = results.period
    sheet.title(
        title or text("out.year.title", lang, county=results.county_name or text("out.notice.county", lang)),
        text("out.year.below", lang, first=first, last=last, made=results.finished[:16].replace("T", " ")),
        _LAST,
    )
    _head(sheet)
    sheet.sheet.freeze_panes(sheet.row, 2)
    sheet.sheet.repeat_rows(sheet.row - 1)
    for figure in figures:
        _line(sheet, figure, starts.get(figure.id))
        for part in figure.parts if figure.told else ():
            _part(
                sheet,
                figure,
                part.name,
                part.value,
                part.whole if figure.rate or part.whole else figure.whole,
                part.rows,
            )
        _below(sheet, figure)
    sheet.row += 1
    _notes(sheet, results, figures)


def _head(sheet: Sheet) -> None:
    lang = sheet.book.lang
    head = sheet.book.format(bold=True, font_color="#FFFFFF", bg_color=TEAL, align="center", font_size=9, text_wrap=True, border=1,
                             border_color=TEAL)  # fmt: skip
    for column, key in enumerate(_KEYS):
        sheet.put(sheet.row, column, text(f"out.column.{key}", lang), head)
    sheet.sheet.set_row(sheet.row, 30)
    sheet.row += 1


def _line(sheet: Sheet, figure: Figure, start: str | None) -> None:
    book, lang, row = sheet.book, sheet.book.lang, sheet.row
    top = {"top": 1, "top_color": LINE}
    small = book.format(font_size=9, font_color=GREY, text_wrap=True, indent=1, **top)
    centred = book.format(font_size=9, align="center", **top)
    height = 13.5 * max(
        _lines(figure.definition, _WIDTHS[_DEFINITION] - 3),
        _lines(figure.formula, _WIDTHS[_FORMULA] - 3),
        _lines(figure.name, 20),
    )
    sheet.sheet.set_row(row, max(26, height + 4))
    sheet.put(row, 0, figure.code, book.format(align="center", font_size=9, font_color=TEAL, bold=True, **top))
    sheet.put(row, 1, figure.name, book.format(bold=True, text_wrap=True, **top))
    _value(sheet, figure, top)
    unit = "" if figure.rate else text(f"out.unit.{figure.unit}", lang)
    sheet.put(row, 3, unit if figure.told else "", book.format(font_size=9, font_color=GREY, **top))
    sheet.put(row, 4, phrase(figure, lang) if figure.told else "", book.format(align="center", text_wrap=True, **top))
    sheet.put(row, 5, _share(figure, lang) if figure.told else "", centred)
    if start and figure.rows:
        look = book.format(font_size=9, align="right", num_format="#,##0", font_color="#1F6FB2", underline=1, **top)
        sheet.link(row, 6, start, figure.rows, look, text("out.year.tip", lang))
    else:
        sheet.put(row, 6, figure.rows or None, book.format(font_size=9, align="right", num_format="#,##0", **top))
    sheet.put(row, _DEFINITION, figure.definition, small)
    sheet.put(row, _FORMULA, figure.formula, small)
    unclear = book.format(font_size=9, align="right", num_format="#,##0", font_color=AMBER_DARK, bold=True, **top)
    sheet.put(row, _LAST - 1, figure.unclear or None, unclear)
    sheet.row += 1


def _value(sheet: Sheet, figure: Figure, top: Mapping[str, Any]) -> None:
    book, row = sheet.book, sheet.row
    look = {"bold": True, "font_size": 12, "font_color": TEAL, "align": "right", **top}
    if figure.hidden:
        sheet.put(row, 2, shown_small(book.least), book.format(**look))
    elif not figure.told:
        words = text("out.year.no_rows" if not figure.base else "out.year.no_rate", sheet.book.lang)
        sheet.put(row, 2, words, book.format(font_size=9, font_color=GREY, align="right", **top))
    elif figure.rate or figure.unit == "percent":
        sheet.put(row, 2, figure.share if figure.rate else figure.value, book.format(num_format="0.0%", **look))
    else:
        cents = figure.unit == "ratio" or (figure.unit == "yuan" and figure.value != int(figure.value or 0))
        sheet.put(row, 2, figure.value, book.format(num_format="#,##0.00" if cents else "#,##0", **look))


def _share(figure: Figure, lang: str) -> str:
    if figure.whole:
        ratio = f"{figure.value:,.0f} / {figure.whole:,.0f}"
        return ratio if figure.rate else f"{ratio}　{percent(figure.share)}"
    return (
        text("out.overview.rows_of_part", lang, rows=f"{figure.rows:,}")
        if figure.unit == "people" and figure.rows != figure.value
        else ""
    )


def _part(sheet: Sheet, figure: Figure, name: str, value: float | None, whole: float | None, rows: int) -> None:
    book, lang = sheet.book, sheet.book.lang
    item = {"font_size": 9, "font_color": GREY}
    sheet.sheet.set_row(sheet.row, 16)
    sheet.put(sheet.row, 1, name, book.format(indent=1, **item))
    if value is None:
        sheet.put(sheet.row, 2, shown_small(book.least), book.format(align="right", **item))
        sheet.row += 1
        return
    cents = figure.unit == "yuan" and value != int(value)
    sheet.put(sheet.row, 2, value, book.format(align="right", num_format="#,##0.00" if cents else "#,##0", **item))
    sheet.put(sheet.row, 3, text(f"out.unit.{figure.unit}", lang), book.format(**item))
    said = ""
    if whole:
        said = f"{value:,.0f} / {whole:,.0f}　{percent(value / whole)}"
    elif figure.unit == "people" and rows != value:
        said = text("out.overview.rows_of_part", lang, rows=f"{rows:,}")
    sheet.put(sheet.row, 5, said, book.format(align="center", **item))
    sheet.put(sheet.row, 6, rows or None, book.format(align="right", num_format="#,##0", **item))
    sheet.row += 1


def _below(sheet: Sheet, figure: Figure) -> None:
    """Write what must be said beside a figure: the stations it counts, what is to be looked at."""
    lines = ["、".join(figure.names)] if figure.names and figure.told else []
    lines += figure.remarks if figure.base else ()
    for words in lines:
        look = sheet.book.format(
            font_size=9, font_color=AMBER_DARK if words in figure.remarks else GREY, text_wrap=True, indent=1
        )
        sheet.sheet.set_row(sheet.row, 14 * _lines(words, sum(_WIDTHS[1:]) - 6) + 3)
        sheet.put(sheet.row, 1, words, look, _LAST - 1)
        sheet.row += 1


def _notes(sheet: Sheet, results: Results, figures: Sequence[Figure]) -> None:
    lang = sheet.book.lang
    head = sheet.book.format(bold=True, font_color=TEAL, bg_color=TEAL_PALE)
    plain = sheet.book.format(font_size=9, font_color=GREY, text_wrap=True)
    sheet.put(sheet.row, 0, text("out.year.notes", lang), head, _LAST)
    sheet.row += 1
    for words in notes(results, figures, lang):
        sheet.sheet.set_row(sheet.row, 14 * _lines(words, sum(_WIDTHS) - 6) + 3)
        sheet.put(sheet.row, 0, words, plain, _LAST)
        sheet.row += 1


def notes(results: Results, figures: Sequence[Figure], lang: str) -> list[str]:
    """Return what a reader of figures has to know: how to reach the rows, what is missing, what was not counted and why."""
    said = [text("out.year.how", lang), text("out.year.wording", lang)]
    standing = [figure.name for figure in figures if figure.scope == "standing" and figure.told]
    if standing:
        said.append(text("out.year.standing", lang, names="、".join(standing)))
    silent = [figure.name for figure in figures if not figure.told]
    if silent:
        said.append(text("out.year.silent", lang, names="、".join(silent)))
    wanted = {figure.id for figure in figures}
    lacking = [f"{name}（{what}）" for _, name, what in not_computed(results, lang)]
    if lacking and wanted:
        said.append(text("out.year.lacking", lang, names="、".join(lacking)))
    return said + left_out(results, list(dict.fromkeys(figure.ledger for figure in figures)), lang)


def left_out(results: Results, ledgers: Sequence[str], lang: str) -> list[str]:
    """Return, ledger by ledger, how many rows a window leaves out: repeated ones, others' dates, dates missing or too coarse."""
    said = []
    for name in ledgers:
        ledger = results.dictionary.ledgers[name]
        if name not in results.rows.ledgers:
            continue
        dated = day_field(ledger)
        across = f"_counted AND coalesce({dated_across(results, dated)}, FALSE)" if dated else "FALSE"
        undated = f"_counted AND {quoted(dated)} IS NULL" if dated else "FALSE"
        repeated, inside, coarse, unknown, every = results.rows.query(
            f"SELECT count(*) FILTER (NOT _counted), count(*) FILTER ({in_period(results, ledger)}), count(*) FILTER ({across}), "  # noqa: S608
            f"count(*) FILTER ({undated}), count(*) FROM {quoted(name)}"
        )[0]
        outside = every - repeated - inside - coarse - unknown
        parts = [("repeated", repeated), ("outside", outside), ("coarse", coarse), ("undated", unknown)]
        told = [text(f"out.left_out.{key}", lang, count=f"{count:,}") for key, count in parts if count]
        if told:
            said.append(
                text("out.left_out.line", lang, ledger=ledger.short, what=text("out.left_out.join", lang).join(told))
            )
    return said


def _lines(words: str, width: float) -> int:
    """Return how many lines a text needs in a column at the small size: Chinese characters are two units wide."""
    units = sum(2 if char > "\u2000" else 1 for char in words)
    return max(1, -int(-units // (width * 1.05)))


def shown_value(figure: Figure) -> str:
    """Return a figure's own value as a table shows it: the share where that is what it tells."""
    return percent(figure.share) if figure.rate else shown(figure)
