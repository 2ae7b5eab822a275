"""What ``taizhang mail`` shows. Addresses are masked where they are phone numbers, as many are."""

from __future__ import annotations

import sys
import webbrowser
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.cli.common import LANG, print_json
from toolkit.mail.answers import judge
from toolkit.mail.deliver import next_try, pause_reason, paused_until, unblock
from toolkit.mail.job import Post
from toolkit.mail.orders import Order, Sending, Skipped
from toolkit.mail.outbox import WAITING, Letter
from toolkit.mail.transport import Courier
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.output.publish import publish_bytes
from toolkit.screen import complain, say

if TYPE_CHECKING:
    from toolkit.mail.mailroom import Copy

_NAMES = 12
_COMMA = "、" if LANG == "zh" else ", "


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).astimezone().isoformat(timespec="seconds")


def _short(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%m-%d %H:%M")


def _reason(name: str) -> str:
    return text(f"mail.reason.{name}", LANG) if name else ""


def _numbers(post: Post, done: Sending) -> dict[str, Any]:
    """Return what the nightly job reads: queued, sent and dead in this call; waiting and next_try as things stand."""
    delivery, counts = done.delivery, post.outbox.counts()
    return {"version": 1, "queued": done.queued, "sent": delivery.sent, "waiting": sum(counts[state] for state in WAITING),
            "dead": delivery.dead, "next_try": _moment(delivery.next_try)}  # fmt: skip


def show_sending(post: Post, done: Sending, *, as_json: bool, retried: int | None = None) -> None:
    """Print what sending did."""
    delivery, numbers = done.delivery, _numbers(post, done)
    tell = complain if as_json else say
    if as_json:
        print_json(numbers)
    else:
        if retried is not None:
            say(text("mail.screen.retried", LANG, count=retried))
        say(text("mail.screen.queued", LANG, queued=done.queued, sent=delivery.sent, waiting=numbers["waiting"]))
    if done.skipped.already:
        tell(text("mail.screen.already", LANG, count=done.skipped.already))
    if done.notices:
        tell(text("mail.screen.notices", LANG, count=done.notices, folder=str(post.config.path("out") / "notices")))
    _show_skipped(done.skipped)
    if delivery.died:
        complain(text("mail.screen.dead", LANG, count=delivery.dead))
        for letter in delivery.died[:_NAMES]:
            now = post.outbox.letter(letter.id) or letter
            complain(
                text(
                    "mail.screen.dead_line",
                    LANG,
                    address=mask_text(now.recipient),
                    reason=_reason(now.reason),
                    answer=now.answer,
                )
            )
    if delivery.uncertain:
        complain(text("mail.screen.uncertain", LANG, count=delivery.uncertain))
    if delivery.stopped and not delivery.sent and delivery.attempted == 0:
        complain(text("mail.screen.blocked", LANG, reason=_reason(delivery.trouble)))
    elif delivery.trouble:
        complain(text("mail.screen.trouble", LANG, reason=_reason(delivery.trouble), answer=delivery.answer))
    if delivery.next_try is not None:
        tell(text("mail.screen.next_try", LANG, at=_short(delivery.next_try)))
    if done.failure is not None:
        for sentence in done.failure.sentences:
            complain(sentence)


def _show_skipped(skipped: Skipped) -> None:
    if skipped.without:
        names = list(dict.fromkeys(skipped.without))
        shown = _COMMA.join(names[:_NAMES]) + ("…" if len(names) > _NAMES else "")
        complain(text("mail.screen.without", LANG, count=len(names), names=shown))
    for station, address in dict.fromkeys(skipped.wrong):
        complain(text("mail.screen.wrong", LANG, station=station, address=mask_text(address[:60])))
    if skipped.outside:
        complain(text("mail.screen.outside", LANG, count=len(set(skipped.outside))))


def show_dry_run(post: Post, order: Order, *, as_json: bool) -> None:
    """Print who would get what; nothing is queued."""
    from toolkit.mail.compose import guarded

    copies, skipped = _wanted(post, order)
    if as_json:
        print_json({"version": 1, "letters": [
            {"kind": copy.matter.kind.name, "due": copy.matter.due.isoformat(), "scope": copy.matter.scope,
             "recipient": mask_text(copy.address), "subject": guarded(copy.rendered, post.settings).subject,
             "attachments": [one.name for one in copy.attachments]} for copy in copies]})  # fmt: skip
    else:
        say(text("mail.screen.dry_run", LANG))
        for copy in copies:
            names = _COMMA.join(one.name for one in copy.attachments)
            with_names = text("mail.screen.with_attachments", LANG, names=names) if names else ""
            say(text("mail.screen.dry_line", LANG, kind=text(f"mail.kind.{copy.matter.kind.name}", LANG), address=mask_text(copy.address),
                     subject=guarded(copy.rendered, post.settings).subject, attachments=with_names))  # fmt: skip
        if not copies:
            say(text("mail.screen.nothing_now", LANG))
    if skipped is not None:
        if skipped.already:
            complain(text("mail.screen.already", LANG, count=skipped.already))
        _show_skipped(skipped)


def _wanted(post: Post, order: Order) -> tuple[list[Copy], Skipped | None]:
    """Return the mails of an order that have not been sent yet, and who gets nothing."""
    copies, room = post.composer.copies(order)
    if room is None:
        return copies, None
    if order.again or order.to:
        return copies, room.skipped
    fresh = {(one.kind, one.due, one.scope, one.recipient) for one in room.drafts(copies, post.outbox)}
    return [copy for copy in copies
            if (copy.matter.kind.name, copy.matter.due.isoformat(), copy.matter.scope, copy.address) in fresh], room.skipped  # fmt: skip


def show_previews(post: Post, order: Order, *, as_json: bool) -> None:
    """Write the first mail of each kind as .eml and .html into out/preview, and open them."""
    from toolkit.mail.compose import guarded, message

    copies, _ = post.composer.copies(replace(order, sample=True))
    folder = post.config.path("out") / "preview"
    written: list[Path] = []
    for copy in copies:
        content = message(
            post.settings,
            copy.address,
            copy.rendered,
            copy.attachments,
            "<preview@localhost>",
            datetime.now(UTC).astimezone(),
        )
        written.append(publish_bytes(folder / f"{copy.matter.kind.name}.eml", content))
        written.append(
            publish_bytes(folder / f"{copy.matter.kind.name}.html", guarded(copy.rendered, post.settings).html.encode())
        )
    if as_json:
        print_json({"version": 1, "files": [str(path) for path in written]})
        return
    if not written:
        say(text("mail.screen.no_preview", LANG))
    for path in written:
        say(text("mail.screen.preview", LANG, path=str(path)))
        if path.suffix == ".html" and sys.stdout.isatty():
            webbrowser.open(path.as_uri())


def show_overview(post: Post, order: Order, *, as_json: bool) -> None:
    """Print the account, what would be sent now, and how the outbox stands."""
    copies, skipped = _wanted(post, order) if order.kinds else ([], None)
    counts, settings = post.outbox.counts(), post.settings
    again = next_try(post.outbox, settings)
    if as_json:
        kinds = Counter(copy.matter.kind.name for copy in copies)
        print_json({"version": 1, "set_up": bool(settings.server), "kinds": list(settings.kinds), "due": post.due(order).isoformat(),
                    "to_send": kinds, "outbox": counts, "next_try": _moment(again)})  # fmt: skip
        return
    if settings.server:
        say(text("mail.screen.account", LANG, sender=mask_text(settings.sender), server=settings.server, port=settings.port,
                 security=settings.security))  # fmt: skip
    else:
        say(text("mail.screen.not_set_up", LANG))
    enabled = _COMMA.join(text(f"mail.kind.{kind}", LANG) for kind in settings.kinds)
    say(text("mail.screen.enabled", LANG, kinds=enabled) if enabled else text("mail.screen.none_enabled", LANG))
    if order.kinds:
        say(text("mail.screen.today", LANG, due=post.due(order)))
        _show_kinds(copies)
    say(text("mail.screen.outbox", LANG, **{state: counts[state] for state in ("pending", "sent", "unknown", "dead")}))
    if paused_until(post.outbox) > post.outbox.now():
        reason = _reason(pause_reason(post.outbox)[0])
        say(text("mail.screen.paused", LANG, at=_short(paused_until(post.outbox)), reason=reason))
    elif again is not None:
        say(text("mail.screen.next_try", LANG, at=_short(again)))
    if skipped is not None:
        _show_skipped(skipped)
    say(text("mail.screen.how", LANG))


def _show_kinds(copies: Iterable[Copy]) -> None:
    by_kind: dict[str, list[Copy]] = {}
    for copy in copies:
        by_kind.setdefault(copy.matter.kind.name, []).append(copy)
    for kind, own in by_kind.items():
        example = text("mail.screen.example", LANG, address=mask_text(own[0].address))
        say(text("mail.screen.kind_line", LANG, kind=text(f"mail.kind.{kind}", LANG), count=len(own), example=example))
    if not by_kind:
        say(text("mail.screen.nothing_now", LANG))


def show_letters(post: Post, states: Iterable[str] | None, *, as_json: bool) -> None:
    """Print the letters of the outbox."""
    letters = post.outbox.letters(states)
    if as_json:
        print_json({"version": 1, "letters": [_entry(letter) for letter in letters]})
        return
    for letter in letters:
        at = (
            text("mail.screen.list_at", LANG, at=_short(letter.next_try))
            if letter.state == "pending" and letter.attempts
            else ""
        )
        reason = ""
        if letter.reason not in ("", "sent"):
            reason = text("mail.screen.list_reason", LANG, reason=_reason(letter.reason), at=at)
        state = text(f"mail.state.{letter.state}", LANG)
        say(text("mail.screen.list_line", LANG, id=letter.id, state=state, due=letter.due,
                 kind=text(f"mail.kind.{letter.kind}", LANG), address=mask_text(letter.recipient), subject=letter.subject,
                 reason=reason))  # fmt: skip
    if not letters:
        say(text("mail.screen.list_empty", LANG))


def _entry(letter: Letter) -> dict[str, Any]:
    return {"id": letter.id, "state": letter.state, "due": letter.due, "kind": letter.kind, "scope": letter.scope,
            "recipient": mask_text(letter.recipient), "subject": letter.subject, "message_id": letter.message_id, "attempts": letter.attempts,
            "created": _moment(letter.created), "next_try": _moment(letter.next_try) if letter.state in WAITING else None,
            "settled": _moment(letter.settled), "reason": letter.reason, "answer": letter.answer}  # fmt: skip


def show_check(post: Post, *, as_json: bool, refusals: tuple[str, ...]) -> int:
    """Try templates, server and login; print what came of it and return the exit status."""
    count = post.composer.check_templates()
    settings = post.settings
    with Courier(settings, post.password()) as courier:
        answer = courier.check()
    verdict = judge(answer) if answer else None
    if verdict is None:
        unblock(post.outbox)
    if as_json:
        reason = verdict.reason if verdict else None
        print_json(
            {
                "version": 1,
                "ok": verdict is None,
                "reason": reason,
                "answer": mask_text(answer.words) if answer else "",
                "templates": count,
            }
        )
    else:
        say(text("mail.screen.templates_ok", LANG, count=count))
        if verdict is None:
            say(text("mail.screen.check_ok", LANG, server=settings.server, port=settings.port))
    if verdict is None or answer is None:
        return 0
    said = f"{answer.code or ''} {mask_text(answer.words)}".strip()
    complain(
        text(
            "mail.screen.check_failed",
            LANG,
            server=settings.server,
            port=settings.port,
            reason=_reason(verdict.reason),
            answer=said,
        )
    )
    return 12 if verdict.reason in refusals else 3


def show_audit(post: Post, *, as_json: bool) -> int:
    """Print who was sent what; return 0, or 3 where the record was tampered with."""
    entries, broken = post.outbox.audit(), post.outbox.audit_broken_at()
    if as_json:
        keys = ("event", "due", "kind", "scope", "message_id", "content", "attachments", "answer")
        print_json({"version": 1, "whole": broken is None, "broken_at": broken, "entries": [
            {"at": at, "recipient": mask_text(entry.recipient), **{key: getattr(entry, key) for key in keys}} for at, entry in entries]})  # fmt: skip
    else:
        for at, entry in entries:
            say(text("mail.screen.audit_line", LANG, at=at[:19].replace("T", " "), event=text(f"mail.event.{entry.event}", LANG), due=entry.due,
                     kind=text(f"mail.kind.{entry.kind}", LANG), address=mask_text(entry.recipient), attachments=entry.attachments,
                     answer=f"  {entry.answer}" if entry.answer else ""))  # fmt: skip
        if broken is None:
            say(text("mail.screen.audit_whole", LANG, count=len(entries)))
    if broken is not None:
        complain(text("mail.screen.audit_broken", LANG, number=broken))
        return 3
    return 0
