"""How a figure is worked out, in words made of its declaration, so that what is said is what is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.ledgers.dictionary import Dictionary, Ledger
from toolkit.messages import has, text
from toolkit.output.figure_sql import scope_of
from toolkit.results import Results

Entry = Mapping[str, Any]


def formula(results: Results, ledger: Ledger, entry: Entry, lang: str = "zh") -> str:
    """Return the way a figure is worked out, as a sentence."""
    return formula_of(results.dictionary, ledger, entry, lang)


def formula_of(dictionary: Dictionary, ledger: Ledger, entry: Entry, lang: str = "zh") -> str:
    """Return the way a figure is worked out with the ledgers of a dictionary."""
    own = f"out.figure.{entry['id']}.formula"
    if has(own):
        return text(own, lang)
    parts = [text("formula.ledger", lang, ledger=ledger.short), scope_words(ledger, entry, lang)]
    parts += _conditions(entry.get("where", ()), lang)
    if "all" in entry:
        parts.append(text("formula.all", lang, count=len(entry["all"])))
    parts.append(_counted(entry, lang))
    if "group_by" in entry:
        parts.append(text("formula.group", lang, field=entry["group_by"]))
    if "boundary" in entry:
        parts += _boundary(ledger, entry["boundary"], lang)
    return text("formula.join", lang).join(parts) + _share(dictionary, entry, lang)


def scope_words(ledger: Ledger, entry: Entry, lang: str) -> str:
    """Return how the reporting window applies."""
    scope = scope_of(ledger, entry)
    return text(f"formula.{scope}", lang, field=entry.get("dated") or entry.get("year") or ledger.date or "")


def _conditions(conditions: Sequence[Entry], lang: str) -> list[str]:
    return [_condition(one, lang) for one in conditions]


def _condition(condition: Entry, lang: str) -> str:
    field, either = condition["field"], text("formula.or", lang)
    if condition.get("filled"):
        return text("formula.filled", lang, field=field)
    if condition.get("year"):
        return text("formula.names_year", lang, field=field)
    if "has" in condition:
        return text("formula.has", lang, field=field, value=either.join(condition["has"]))
    allowed = [condition["is"]] if "is" in condition else condition["in"]
    said = text("formula.is", lang, field=field, value=either.join(allowed))
    return said + (text("formula.or_blank", lang) if condition.get("or_blank") else "")


def _counted(entry: Entry, lang: str) -> str:
    if "sum" in entry:
        added = text("formula.sum", lang, fields=text("formula.plus", lang).join(entry["sum"]))
        return added + (text("formula.blank", lang, value=entry["blank"]) if "blank" in entry else "")
    if entry["count"] == "each":
        fields = [name for name in entry["by"] if not name.startswith("_")]
        return text("formula.each", lang, fields="、".join(fields))
    return text(f"formula.count.{entry['count']}", lang)


def _share(dictionary: Dictionary, entry: Entry, lang: str) -> str:
    if "per" in entry:
        return text("formula.per", lang, ledger=dictionary.ledgers[entry["per"]].short)
    if "whole" in entry:
        other = entry["whole"]
        conditions = text("formula.join", lang).join(_conditions(other["where"], lang))
        return text("formula.whole", lang, ledger=dictionary.ledgers[other["ledger"]].short, levels="、".join(other["levels"]),
                    conditions=conditions)  # fmt: skip
    if entry.get("of"):
        return text("formula.of", lang, conditions=text("formula.join", lang).join(_conditions(entry["of"], lang)))
    return text("formula.of_all", lang) if "of" in entry or "all" in entry else ""


def _boundary(ledger: Ledger, rule: str, lang: str) -> list[str]:
    """Return on which side of the boundary somebody exactly 50 belongs, as the ledger's rule has it."""
    found = next((spec for spec in ledger.rules if spec.rule == rule), None)
    if found is None:
        return []
    side = found.settings.get(found.settings.get("boundary_in", ""), "")
    return [text("formula.boundary", lang, value=side)] if side else []
