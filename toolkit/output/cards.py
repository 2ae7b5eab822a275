"""The key figures that stand at the top of the summary and of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.messages import text
from toolkit.output.facts import Facts
from toolkit.output.figures import Figure
from toolkit.output.places import percent
from toolkit.results import Results


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure. ``tone``: main, good, bad or plain."""

    label: str
    value: str
    note: str
    tone: str


def card_values(results: Results, facts: Facts, figures: Sequence[Figure], lang: str) -> list[Card]:
    """Return the key figures of a run; those whose ledger nobody sent are left out."""
    totals, county = results.totals, facts.county
    known = {figure.id: figure for figure in figures if figure.ledger in results.rows.ledgers}

    def figure(name: str, shown: str = "{:,.0f}") -> str:
        found = known.get(name)
        return "—" if found is None or found.value is None else shown.format(found.value)

    entries = [
        ("reporting", percent(county.reporting), {"sent": f"{county.sent:,}", "due": f"{county.due:,}"}, "main"),
        ("stations", f"{totals['reported']:,}", {"stations": f"{totals['stations']:,}"}, "main"),
        ("completeness", percent(county.completeness), {"empty": f"{county.required - county.filled:,}"}, "main"),
        ("problems", f"{county.errors:,}", {"warnings": f"{county.warnings:,}", "fixed": f"{results.fixed:,}"},
         "bad" if county.errors else "good"),
        ("registered", figure("registered"), {"rows": f"{totals['rows']:,}"}, "plain"),
        ("visits", figure("visits"), {"people": figure("visited")}, "plain"),
        ("coverage", figure("visit_coverage", "{:.1%}"), {"frequency": figure("visit_frequency", "{:.2f}")}, "plain"),
        ("aid", figure("aid_money"), {"people": figure("aided")}, "plain"),
    ]  # fmt: skip
    return [Card(text(f"out.card.{name}.label", lang), value, text(f"out.card.{name}.note", lang, **note), tone)
            for name, value, note, tone in entries]  # fmt: skip
