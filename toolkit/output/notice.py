"""The notice (通报): who has not reported, by township, short enough to paste into a chat group. Names stations, never persons."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from toolkit.messages import text
from toolkit.output.facts import SENT, Facts, gather_facts
from toolkit.output.overview import Overview
from toolkit.output.places import named, percent, short, township_of, unit_text, within
from toolkit.output.publish import publish_bytes
from toolkit.results import Results, StationReport

_LATE = "late"


def write_notice(path: Path, results: Results, lang: str = "zh", *, overview: Overview | None = None) -> Path:
    """Write the notice, in UTF-8 that Notepad recognises and with its line ends; return the path it ended up at."""
    content = "\r\n".join(notice_lines(results, lang, overview.facts if overview else None)) + "\r\n"
    return publish_bytes(path, b"\xef\xbb\xbf" + content.encode("utf-8", "replace"))


def notice_lines(results: Results, lang: str = "zh", facts: Facts | None = None) -> list[str]:
    """Return the lines of the notice."""
    county = (facts or gather_facts(results)).county
    first, last = results.period
    missing = [report for report in results.stations if report.status not in SENT]
    late = [report for report in results.stations if report.status == _LATE]
    silent = {report.station.code for report in missing}
    county_name = results.county_name or text("out.notice.county", lang)
    lines = [
        text("out.notice.title", lang, county=county_name, date=results.today.isoformat()),
        text("out.notice.period", lang, first=first.isoformat(), last=last.isoformat()),
        text("out.notice.counts", lang, due=county.due, sent=county.sent, rate=percent(county.reporting), missing=len(missing),
             stations=len(silent)),
    ]  # fmt: skip
    if not missing and not late:
        return [*lines, text("out.notice.complete", lang)]
    if missing:
        lines += ["", unit_text(results, "out.notice.missing", lang)]
        lines += _by_township(results, missing, lang)
    if late:
        lines += ["", text("out.notice.late", lang, count=len(late))]
        lines += _by_township(results, late, lang)
    return [*lines, "", text("out.notice.please", lang)]


def _by_township(results: Results, reports: list[StationReport], lang: str) -> list[str]:
    grouped: dict[str, dict[str, list[StationReport]]] = {}
    for report in reports:
        township = township_of(results, report.station)
        grouped.setdefault(township.name, {}).setdefault(report.station.code, []).append(report)
    owed = Counter(report.station.code for report in results.stations)
    lines = []
    ranked = sorted(grouped.items(), key=lambda item: -sum(len(one) for one in item[1].values()))
    for upper, stations in ranked:
        count = sum(len(one) for one in stations.values())
        lines.append(text("out.notice.township", lang, name=short(upper), count=count))
        if results.roster.several:
            lines += _by_unit(results, [one for own in stations.values() for one in own], upper, lang)
            continue
        for own in stations.values():
            name = within(named(results, own[0].station), upper)
            ledgers = "、".join(_ledger(results, report, lang) for report in own)
            if len(own) == owed[own[0].station.code] > 2 and all(report.status == "missing" for report in own):
                ledgers = text("out.notice.everything", lang, count=len(own))
            lines.append(text("out.notice.station", lang, name=name, ledgers=ledgers))
    return lines


def _by_unit(results: Results, reports: list[StationReport], upper: str, lang: str) -> list[str]:
    """Return how much each unit right below one owes, the most first: its stations are named in its own county's workbook."""
    counted = Counter(results.roster.listed(report.station).code for report in reports)
    units = ((results.roster.stations[code], count) for code, count in counted.most_common())
    return [
        text("out.notice.unit", lang, name=within(named(results, unit), upper), count=count) for unit, count in units
    ]


def _ledger(results: Results, report: StationReport, lang: str) -> str:
    ledger = results.dictionary.ledgers[report.ledger].short
    if report.status == "unreadable":
        return text("out.notice.unreadable", lang, ledger=ledger)
    if report.due and report.status != _LATE:
        return text("out.notice.due", lang, ledger=ledger, month=report.due.month, day=report.due.day)
    return ledger
