"""What is wrong with a row, in words."""

from __future__ import annotations

from toolkit.messages import text
from toolkit.messages.say import message
from toolkit.model import Finding
from toolkit.results import Results

_MOST = 3


def problems_by_row(results: Results, lang: str) -> dict[tuple[str, str, int], str]:
    """Return the findings of each row as one text, by (file, sheet, row); what is only information is left out."""
    found: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in results.findings:
        place = finding.place
        if finding.severity != "info" and place.file and place.row and place.sheet is not None:
            found.setdefault((place.file, place.sheet, place.row), []).append(finding)
    return {where: _joined(findings, lang) for where, findings in found.items()}


def _joined(findings: list[Finding], lang: str) -> str:
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    said = list(dict.fromkeys(_sentence(finding, lang) for finding in ordered))
    text_of_all = "；".join(said[:_MOST]) if lang == "zh" else "; ".join(said[:_MOST])
    return text_of_all + (text("out.book.more_problems", lang, count=len(said)) if len(said) > _MOST else "")


def _sentence(finding: Finding, lang: str) -> str:
    sentence = message(finding, lang)
    field = finding.field
    return f"【{field}】{sentence}" if field and field not in sentence else sentence
