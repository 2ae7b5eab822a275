"""``report.html``: one page to read on a phone or print, without network; numbers of persons are masked."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.messages.say import shown_suggestion, shown_value, title
from toolkit.output.cards import card_values
from toolkit.output.facts import SENT, Facts, Score
from toolkit.output.figures import Figure
from toolkit.output.grouping import Group, group_findings
from toolkit.output.overview import Overview, make_overview
from toolkit.output.phrases import shown
from toolkit.output.places import lines, named, percent, short, unit_text, within
from toolkit.output.publish import publish_bytes
from toolkit.output.sql import is_sensitive
from toolkit.results import Results, StationReport

_SEVERITIES = ("error", "warning", "info")
_WORDS = (
    "more",
    "nothing",
    "found",
    "cells",
    "whole",
    "value",
    "suggestion",
    "since",
    "new",
    "all_townships",
    "all_stations",
)
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write_report_html(path: Path, results: Results, lang: str = "zh", *, overview: Overview | None = None) -> Path:
    """Write the page; return the path it ended up at."""
    return publish_bytes(path, render(results, lang, overview).encode("utf-8", "replace"))


def render(results: Results, lang: str = "zh", overview: Overview | None = None) -> str:
    """Return the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("toolkit", "output"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    known = overview or make_overview(results, lang)
    facts, figures = known.facts, known.figures
    page = environment.get_template("report.html").render(
        lang="zh-CN" if lang == "zh" else lang, t=lambda name, **params: text(f"out.{name}", lang, **params),
        u=lambda name: unit_text(results, f"out.{name}", lang),
        county=_county(results, lang),
        period=results.period, finished=results.finished[:16].replace("T", " "), cards=card_values(results, facts, figures, lang),
        figures=[_shown(figure, lang) for figure in figures if figure.section == "year" and figure.told], townships=_townships(results, facts, lang),
        kinds=[(code, title(code, lang), count) for code, count in facts.kinds.most_common()],
        ledger_choices=[(ledger.id, ledger.short) for ledger in results.dictionary.ledgers.values() if ledger.id in facts.ledgers],
        data="@data@", policy="@policy@",
    )  # fmt: skip
    page = page.replace("@policy@", _policy(page), 1)
    return page.replace("@data@", safe_json(_data(results, lang)), 1)


def safe_json(value: Any) -> str:
    """Return JSON that can stand inside a script element: nothing in it can end the element or be markup."""
    made = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: _UNSAFE[found.group()], made)


def _policy(page: str) -> str:
    """Return a policy that lets our own script and style run and nothing else: no network, no other script."""
    hashes = {}
    for element in ("script", "style"):
        found = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert found is not None, element
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        hashes[element] = f"'sha256-{digest}'"
    return f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; base-uri 'none'; form-action 'none'"


def _county(results: Results, lang: str) -> str:
    return results.county_name or text("out.notice.county", lang)


def _owed(results: Results) -> list[str]:
    owed = {one.ledger for one in results.stations}
    return [ledger for ledger in results.dictionary.ledgers if ledger in owed]


def _shown(figure: Figure, lang: str) -> dict[str, Any]:
    value = percent(figure.share) if figure.rate else shown(figure)
    parts = [(part.name, "—" if part.value is None else f"{part.value:,.0f}") for part in figure.parts]
    share = (
        f"{figure.value:,.0f} / {figure.whole:,.0f}，{percent(figure.share)}"
        if figure.whole and figure.value is not None
        else ""
    )
    if figure.overlaps:
        share = text("out.overview.rows_of_part", lang, rows=f"{figure.rows:,}")
    unit = "" if figure.rate else text(f"out.unit.{figure.unit}", lang)
    return {"name": figure.name, "value": value, "unit": unit, "share": share, "parts": parts,
            "names": "、".join(figure.names), "definition": figure.definition}  # fmt: skip


def _townships(results: Results, facts: Facts, lang: str) -> list[dict[str, Any]]:
    """Return the townships, ranked ones first, each with its stations and what came of every ledger."""
    by_cell = {(one.station.code, one.ledger): one for one in results.stations}
    owed = _owed(results)
    ordered = sorted(facts.townships, key=lambda one: (one.rank == 0, one.rank))
    made = []
    for one in ordered:
        score = one.score
        stations = []
        for station, told in lines(results, one.stations):
            own = Score()
            for each in told:
                own.add(facts.stations[each.code])
            name = (
                text("out.reporting.own", lang)
                if station is one.station
                else within(named(results, station), one.station.name)
            )
            reports = [by_cell[each.code, ledger] for ledger in owed for each in told if (each.code, ledger) in by_cell]
            chips = _chips(results, reports, lang) if len(told) == 1 else _counted_chips(results, reports, lang)
            stations.append({"code": station.code, "name": name, "chips": chips, "errors": own.errors,
                             "warnings": own.warnings, "completeness": percent(own.completeness)})  # fmt: skip
        change = "" if one.change is None else f"{one.change * 100:+.1f}%"
        made.append({"rank": one.rank or "", "name": short(one.station.name), "sent": score.sent, "due": score.due, "change": change,
                     "since": facts.since,
                     "timeliness": percent(score.timeliness), "completeness": percent(score.completeness),
                     "errors": score.errors, "warnings": score.warnings, "stations": stations})  # fmt: skip
    return made


def _chips(results: Results, reports: Sequence[StationReport], lang: str) -> list[tuple[str, str]]:
    """Return (status, words): what is not simply there, each by itself, then how many ledgers came."""
    shown = []
    for one in reports:
        if one.status != "reported":
            words = {
                "ledger": results.dictionary.ledgers[one.ledger].short,
                "status": text(f"out.status.{one.status}", lang),
            }
            shown.append((one.status, text("out.page.chip", lang, **words)))
    came = len(reports) - len(shown)
    if came:
        shown.append(("reported", text("out.page.chip_rest" if shown else "out.page.chip_all", lang, count=came)))
    return shown


def _counted_chips(results: Results, reports: Sequence[StationReport], lang: str) -> list[tuple[str, str]]:
    """Return (status, words) of a unit with several stations: how many of them sent each ledger."""
    due = Counter(one.ledger for one in reports)
    sent = Counter(one.ledger for one in reports if one.status in SENT)
    return [
        ("reported" if sent[ledger] == count else "late" if sent[ledger] else "missing",
         text("out.page.chip", lang, ledger=results.dictionary.ledgers[ledger].short, status=f"{sent[ledger]}/{count}"))
        for ledger, count in due.items()
    ]  # fmt: skip


def _data(results: Results, lang: str) -> dict[str, Any]:
    """Return what the page's script shows: texts once, findings as short rows of numbers and texts."""
    stations: dict[str, int] = {}
    files: dict[str, int] = {}
    rows = [_row(results, group, stations, files) for group in group_findings(results.findings, lang)]
    shown_stations = []
    for code in stations:
        station = results.roster.stations.get(code)
        upper = (
            (results.roster.group if results.roster.relative else results.roster.township)(station) if station else None
        )
        shown_stations.append(
            [code, short(station.name) if station else code, short((upper or station).name) if station else ""]
        )
    return {
        "words": {name: text(f"out.page.{name}", lang) for name in _WORDS if name != "all_townships"} | {
            "all_townships": unit_text(results, "out.page.all_townships", lang)} | {
            "severities": [text(f"out.severity.{name}", lang) for name in _SEVERITIES]},
        "titles": {code: title(code, lang) for code in sorted({row[1] for row in rows})},
        "stations": shown_stations, "files": [mask_text(file) for file in files], "rows": rows,
    }  # fmt: skip


def _row(results: Results, group: Group, stations: dict[str, int], files: dict[str, int]) -> list[Any]:
    first = group.findings[0]
    ledger = results.dictionary.ledgers.get(first.ledger or "")
    sensitive = ledger is not None and is_sensitive(ledger, first.field or "")
    values = {shown_value(finding, sensitive) for finding in group.findings}
    hints = {shown_suggestion(finding, sensitive) for finding in group.findings}
    new = sum(finding.id in results.new for finding in group.findings)
    return [
        _SEVERITIES.index(group.severity), group.code, -1 if group.station is None else stations.setdefault(group.station, len(stations)),
        -1 if group.file is None else files.setdefault(group.file, len(files)), mask_text(group.sheet or ""), first.ledger or "",
        group.message, group.ranges, group.count, (values.pop() or "") if len(values) == 1 else "",
        (hints.pop() or "") if len(hints) == 1 else "", min((finding.since for finding in group.findings if finding.since), default=""),
        int(bool(results.previous) and new > 0),
    ]  # fmt: skip
