"""A finding in words: its sentence, title and suggestion, masked, in the language wanted."""

from __future__ import annotations

from typing import Any

from toolkit.masking import mask_text, mask_value
from toolkit.messages import has, text
from toolkit.model import Finding

SAID = "@said"
"""The parameter of a finding whose sentence is all that is kept of it: one read back from ``report.json``."""


def resolved(params: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return parameters with those that name a part of a sentence (``@folder``) put into words.

    A text that comes in both languages stands under its name and, for English, under ``<name>_en``.
    """
    plain = {
        name.rstrip("_") if name.endswith("_") and name != "from_" else name: value for name, value in params.items()
    }
    words: dict[str, Any] = {}
    for name, given in plain.items():
        value = plain.get(f"{name}_{lang}", given)
        part = _part(value[1:]) if isinstance(value, str) and value.startswith("@") else ""
        words[name] = text(part, lang, **{k: v for k, v in plain.items() if k != name}) if part else value
    return words


def _part(name: str) -> str:
    """Return the entry that ``@name`` means: one of ``parts``, or any other by its whole name."""
    return next((entry for entry in (f"parts.{name}", name) if has(entry)), "")


def title(code: str, lang: str = "zh") -> str:
    """Return the few words that name a kind of finding."""
    return text(f"{code}.title", lang)


def message(finding: Finding, lang: str = "zh") -> str:
    """Return what is wrong and what to do, with every number of a person masked."""
    if SAID in finding.params:
        return str(finding.params[SAID])
    params = resolved(dict(finding.params), lang)
    params.setdefault("field", finding.field or "")
    params.setdefault("value", mask_text(finding.value or ""))
    params.setdefault("suggestion", mask_text(finding.suggestion or ""))
    return text(f"{finding.code}.message", lang, **params)


def shown_value(finding: Finding, sensitive: bool) -> str | None:  # noqa: FBT001 - the field type's own flag
    """Return what the cell holds, masked."""
    return None if finding.value is None else mask_value(finding.value, sensitive)


def shown_suggestion(finding: Finding, sensitive: bool) -> str | None:  # noqa: FBT001 - the field type's own flag
    """Return what should stand there, masked."""
    return None if finding.suggestion is None else mask_value(finding.suggestion, sensitive)
