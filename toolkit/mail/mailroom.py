"""From kinds of mail to letters for the outbox: who gets what, in which variant, and who gets nothing and why."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from toolkit.mail.attach import Attachment, safe_name
from toolkit.mail.compose import guarded, message
from toolkit.mail.kinds import KINDS, OPERATOR, Kind, Matter, matters, recipients
from toolkit.mail.material import Material
from toolkit.mail.notices import write_notices
from toolkit.mail.orders import Skipped
from toolkit.mail.outbox import Draft, Outbox
from toolkit.mail.rendering import Rendered, Renderer
from toolkit.mail.settings import MailSettings
from toolkit.marking.encryption import encrypted
from toolkit.messages import text
from toolkit.output.overview import Overview
from toolkit.output.places import named, short
from toolkit.output.small import LEAST
from toolkit.output.summary import write_summary
from toolkit.roster import Station

_DAY = 86_400.0
_VOLATILE = frozenset({"today", "days", "late"})


class NoPasswordError(Exception):
    """Attachments are to be encrypted, but their password is nowhere to be found."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One mail ready for one address: in words, with attachments, and in words without them."""

    matter: Matter
    address: str
    rendered: Rendered
    attachments: tuple[Attachment, ...] = ()
    bare: Rendered | None = None


@dataclass
class Mailroom:
    """Makes letters out of the last run. ``password``: that of encrypted attachments."""

    material: Material
    renderer: Renderer
    password: str | None
    skipped: Skipped = field(default_factory=Skipped)

    def copies(
        self,
        kinds: Sequence[str],
        due: date,
        *,
        to: str | None = None,
        station: str | None = None,
        sample: bool = False,
    ) -> Iterator[Copy]:
        """Yield the mails of kinds for a due date.

        ``sample``: only one of each kind, as its first recipient gets it, or as the sender would; ``to``: such a sample, to this address;
        ``station``: only what concerns stations whose name holds this.

        Raises:
            NoRunError: there is no finished run. TemplateError: a template is broken. NoPasswordError: no password to encrypt with.
        """
        for kind in (KINDS[name] for name in KINDS if name in kinds and name != OPERATOR):
            variants: dict[bool, list[Matter]] = {}

            def told(hidden: bool, kind: Kind = kind, variants: dict[bool, list[Matter]] = variants) -> list[Matter]:  # noqa: FBT001
                variant = hidden and kind.counts
                if variant not in variants:
                    variants[variant] = list(matters(self.material, kind, due, hidden=variant))
                return variants[variant]

            first = told(True)  # noqa: FBT003 - the variant that may go anywhere
            chosen = [
                n
                for n, matter in enumerate(first)
                if station is None or (matter.station and station in matter.station.name)
            ]
            for number in chosen[:1] if to or sample else chosen:
                addresses = [to] if to else self._addresses(first[number])
                if sample:
                    addresses = (addresses or [self.material.settings.sender])[:1]
                for address in addresses:
                    trusted = self.material.settings.trusts(address)
                    if not self.material.settings.reaches(address):
                        self.skipped.outside.append(address)
                        continue
                    yield self._copy(told(not trusted)[number], address, hidden=not trusted)

    def _addresses(self, matter: Matter) -> list[str]:
        good, bad = recipients(self.material, matter)
        if matter.station is not None:
            name = short(named(self.material.results, matter.station))
            self.skipped.wrong += [(name, one) for one in bad]
            if not good and not bad:
                self.skipped.without.append(name)
        return good

    def _copy(self, matter: Matter, address: str, *, hidden: bool) -> Copy:
        attachments = (self._summary(matter.due, hidden=hidden),) if matter.kind.summary else ()
        given = self._context(matter, hidden=hidden)
        names = "、".join(one.name for one in attachments)
        rendered = self.renderer.render(matter.kind.template, given | {"attachment": names})
        bare = self.renderer.render(matter.kind.template, given | {"too_big": True}) if attachments else None
        return Copy(matter, address, rendered, attachments, bare)

    def _context(self, matter: Matter, *, hidden: bool) -> dict[str, Any]:
        results, settings, lang = self.material.results, self.material.settings, self.material.lang
        first, last = results.period
        return {
            "lang": "zh-CN" if lang == "zh" else lang, "county": results.county_name or text("out.notice.county", lang), "first": first,
            "last": last, "finished": results.finished[:16].replace("T", " "), "due": matter.due.isoformat(), "contact": settings.contact,
            "sender_name": settings.sender_name, "hidden": hidden and matter.kind.counts, "attachment": "", "too_big": False,
            "encrypted": settings.encrypt,
            **matter.context,
        }  # fmt: skip

    def _summary(self, day: date, *, hidden: bool) -> Attachment:
        results, lang = self.material.results, self.material.lang
        county = results.county_name or text("out.notice.county", lang)
        name = safe_name(text("mail.attachment", lang, county=county, day=day.isoformat()), ".xlsx")
        return Attachment(name, self._hidden_summary if hidden else self._open_summary)

    @cached_property
    def _open_summary(self) -> bytes:
        path = self.material.summary
        return self._sealed(path.read_bytes() if path else self._written(0))

    @cached_property
    def _hidden_summary(self) -> bytes:
        return self._sealed(self._written(LEAST))

    def _written(self, least: int) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            material = self.material
            target, overview = Path(folder) / "summary.xlsx", Overview(material.facts, material.figures(hidden=False))
            return write_summary(target, material.results, material.lang, overview=overview, least=least).read_bytes()

    def _sealed(self, workbook: bytes) -> bytes:
        if not self.material.settings.encrypt:
            return workbook
        if not self.password:
            raise NoPasswordError
        return encrypted(workbook, self.password)

    def drafts(
        self, copies: Iterable[Copy], outbox: Outbox, *, trial: bool = False, again: bool = False
    ) -> Iterator[Draft]:
        """Yield letters for the outbox; what a recipient was told already for the due date, or lately, is left out.

        ``trial``: a sample, marked as one, sent however often; ``again``: as if nothing had been sent.
        """
        for copy in copies:
            kind, due, scope = copy.matter.kind, copy.matter.due.isoformat(), copy.matter.scope
            digest = digest_of(copy.matter.context)
            days = self.material.settings.repeat_days
            if not trial and not again:
                since = outbox.now() - (days - 0.5) * _DAY
                repeated = kind.repeats and days and outbox.told_since(kind.name, scope, copy.address, digest, since)
                if repeated or outbox.has(due, kind.name, scope, copy.address):
                    self.skipped.already += 1
                    continue
            yield draft(self.material.settings, self.material.lang, copy, digest, trial=trial)

    def notices(self, due: date) -> list[Path]:
        """Write the reminders as files, those without an address included; return them."""
        written = []
        for matter in matters(self.material, KINDS["reminder"], due, hidden=True):
            rendered = guarded(
                self.renderer.render("reminder", self._context(matter, hidden=True)), self.material.settings
            )
            upper = matter.context["township"]
            place = self._in_full(matter.station) or upper
            written.append((place, matter.context["name"].removeprefix(upper), rendered.text))
        return write_notices(self.material.workspace.config.path("out") / "notices", written, self.material.lang)

    def _in_full(self, station: Station | None) -> str:
        """Return the township of a station with its county, where there are several counties; nothing for one."""
        roster = self.material.results.roster
        upper = roster.township(station) if station and roster.several else None
        return short(roster.in_full(upper)) if upper else ""


def draft(settings: MailSettings, lang: str, copy: Copy, digest: str, *, trial: bool = False) -> Draft:
    """Return a mail as the outbox takes it."""
    now = datetime.now(UTC).astimezone()
    mark = text("mail.trial", lang) if trial else ""

    def marked(rendered: Rendered) -> Rendered:
        return Rendered(mark + rendered.subject, rendered.text, rendered.html)

    def content(message_id: str) -> bytes:
        return message(settings, copy.address, marked(copy.rendered), copy.attachments, message_id, now)

    def without(message_id: str) -> bytes:
        assert copy.bare is not None
        return message(settings, copy.address, marked(copy.bare), (), message_id, now)

    subject = guarded(marked(copy.rendered), settings).subject
    return Draft(
        copy.matter.due.isoformat(), copy.matter.kind.name, f"trial {copy.matter.scope}".strip() if trial else copy.matter.scope,
        copy.address, digest, copy.matter.kind.priority, subject, "; ".join(one.record for one in copy.attachments), content,
        without if copy.bare else None,
    )  # fmt: skip


def digest_of(context: Mapping[str, Any]) -> str:
    """Return what identifies what is told: equal for equal facts on different days."""
    made = json.dumps(_plain(context), ensure_ascii=False, sort_keys=True, default=repr)
    return hashlib.blake2b(made.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if key not in _VOLATILE}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value
