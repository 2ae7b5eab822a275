"""The page in HTML: templates filled with values, everything escaped, every sentence from the catalogue."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from toolkit.ledgers.dictionary import Dictionary, load_dictionary
from toolkit.marking.styles import LOOKS
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.page import actions
from toolkit.page.county import look
from toolkit.page.desk import Item, NotTaken
from toolkit.page.health import Check, own_version
from toolkit.page.jobs import CANCELLED, VANISHED
from toolkit.page.settings import Settings, load_settings
from toolkit.page.shown import shown_findings
from toolkit.page.state import Page

_WORDS = ("gone", "copied", "end_confirm", "ended", "ended_hint")


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("toolkit.page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def html(template: str, lang: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a template as an answer."""

    def t(entry: str, /, **params: Any) -> str:
        return text(entry, lang, **params)

    made = _environment().get_template(template).render(t=t, lang="zh-CN" if lang == "zh" else lang, **values)
    return HTMLResponse(made, status)


def whole_page(page: Page, lang: str) -> HTMLResponse:
    """Return the page itself."""
    cards = [_card_values(page, item, lang) for item in page.desk.items()]
    words = {name: text(f"page.head.{name}", lang) for name in _WORDS}
    words |= {name: text(f"page.drop.{name}", lang) for name in ("uploading", "checking", "folder")}
    refusals = [_refusal(one, lang) for one in page.told_refusals()]
    return html(
        "page.html",
        lang,
        cards=cards,
        refusals=refusals,
        words=words,
        version=own_version(),
        **_county_values(page, lang),
    )


def card(page: Page, item: Item, lang: str) -> HTMLResponse:
    """Return the card of one workbook."""
    return html("card.html", lang, **_card_values(page, item, lang))


def county(page: Page, lang: str, said: str = "") -> HTMLResponse:
    """Return the part about the workspace."""
    return html("county.html", lang, **_county_values(page, lang, said))


def health(checks: list[Check], lang: str) -> HTMLResponse:
    """Return the self-check."""
    return html("health.html", lang, checks=checks)


def suggestions(item: Item, listed: actions.Listed, lang: str, *, long_ids: bool) -> HTMLResponse:
    """Return the suggestions of a workbook, to be confirmed."""
    from toolkit.fixing.files import shown_correction

    lines = [shown_correction(one) for one in listed.corrections]
    left = [shown_correction(one) | {"why": text(f"fix.skipped.{code}", lang)} for one, code in listed.skipped]
    return html(
        "suggestions.html",
        lang,
        item=item,
        name=mask_text(item.name),
        lines=lines,
        left=left,
        listed=listed,
        long_ids=long_ids,
    )


def _refusal(refusal: NotTaken, lang: str) -> str:
    return mask_text(text(f"page.drop.{refusal.why}", lang, **refusal.params))


def colours() -> str:
    """Return the colours of the marks as a style sheet, so that the page shows what the workbooks show."""
    rules = [f"--{kind}:#{look.fill[2:]};--{kind}-ink:#{look.ink[2:]};" for kind, look in LOOKS.items()]
    return f":root{{{''.join(rules)}}}"


def _card_values(page: Page, item: Item, lang: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"item": item, "name": mask_text(item.name), "waiting": item.checked is None}
    if item.checked is None:
        return shown
    settings = load_settings(page.folder)
    dictionary = load_dictionary(settings.dictionary)
    entry, found = actions.entry(item), actions.findings(item)
    groups = shown_findings(found, dictionary, lang)
    said = [mask_text(text(name, lang, **params)) for name, params in item.said]
    return shown | {
        "entry": entry,
        "ledgers": _ledgers(entry["ledgers"], dictionary, lang),
        "groups": [group for group in groups if group.severity != "info"],
        "hints": [group for group in groups if group.severity == "info"],
        "markable": bool(actions.wanted_marks(item, settings)),
        "suggestions": actions.suggestions(item, settings),
        "change": _change(item, lang),
        "said": said,
    }


def _ledgers(found: list[str], dictionary: Dictionary, lang: str) -> str:
    names = "、".join(dictionary.ledgers[one].short if one in dictionary.ledgers else one for one in found)
    return names or text("screen.no_ledger", lang)


def _change(item: Item, lang: str) -> str:
    """Return how it compares with when it was last dropped."""
    if item.before is None:
        return ""
    less = item.before - item.open_findings
    name = "same" if less == 0 else "better" if less > 0 else "worse"
    return "" if less == item.before == 0 else text(f"page.card.{name}", lang, **({"count": abs(less)} if less else {}))


def _county_values(page: Page, lang: str, said: str = "") -> dict[str, Any]:
    known = look(page.folder, lang)
    run = page.run.progress if page.run else None
    return {
        "county": known,
        "county_name": known.config.values["general"]["county"] if known.config else "",
        "running": run is not None and run.state != "ended",
        "ended": _ended(page, lang),
        "vanished": run is not None and run.status == VANISHED,
        "said": said,
    }


def _ended(page: Page, lang: str) -> dict[str, Any] | None:
    """Return what came of the last run started here: its level, what to say, and lines that explain."""
    if page.run is None or page.run.running:
        return None
    progress = page.run.progress
    lines: list[str] = []
    if progress.status in (0, 3):
        whole = progress.status == 0
        said = text("page.run.done" if whole else "page.run.partly", lang, seconds=f"{progress.seconds:.1f}")
        level, lines = "good" if whole else "plain", progress.lines
    elif progress.status == CANCELLED:
        said, level = text("page.run.cancelled", lang), "plain"
    elif progress.lines:
        said, level, lines = text("page.run.failed", lang), "bad", progress.lines
    else:
        said, level = text("page.run.died", lang, status=progress.status), "bad"
    return {"level": level, "said": said, "lines": lines}


def run_state(page: Page, lang: str) -> dict[str, Any]:
    """Return how far the run has come, in words and numbers."""
    if page.run is None:
        return {"state": "none"}
    progress = page.run.progress
    if progress.state == "cancelling":
        said = text("page.run.cancelling", lang)
    elif not progress.step:
        said = text("page.run.starting", lang)
    else:
        named = text(f"progress.{progress.step}", lang)
        said = text("page.run.step", lang, name=named, done=progress.done, total=progress.total)
    finished = progress.state == "ended" and progress.status in (0, 3)
    return {"state": progress.state, "said": said, "done": progress.done, "total": progress.total, "seconds": round(progress.seconds),
            "goal": page.run.wanted.goal if finished else ""}  # fmt: skip


def settings_of(page: Page) -> Settings:
    """Return the settings as they are now: whoever edits ``config.ini`` need not start the page anew."""
    return load_settings(page.folder)
