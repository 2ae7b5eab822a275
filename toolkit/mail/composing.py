"""Composing the mails of an order; every known way to fail becomes a :class:`WorkspaceError` in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.config import Config
from toolkit.mail.content.operator import NoteError, operator, read_note
from toolkit.mail.credentials import ATTACHMENT, secret
from toolkit.mail.kinds import KINDS, OPERATOR, Matter
from toolkit.mail.mailroom import Copy, Mailroom, NoPasswordError, digest_of, draft
from toolkit.mail.material import Material
from toolkit.mail.orders import USAGE, Order, Sending, failure
from toolkit.mail.outbox import Draft, Outbox
from toolkit.mail.privacy import guard
from toolkit.mail.rendering import Renderer, TemplateError
from toolkit.mail.settings import MailSettings
from toolkit.masking import mask_text
from toolkit.steps.reopen import NoRunError
from toolkit.workspace import BUSY, CONFIGURATION, open_workspace

_EXAMPLE = {
    "job": "run",
    "started": "2020-12-31T20:00:00",
    "finished": "2020-12-31T20:00:07",
    "status": 13,
    "message": "…",
}
"""The note that previews are made with."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes the mails of a workspace. ``screen`` is the language of what is said when it fails."""

    config: Config
    settings: MailSettings
    screen: str

    def copies(self, order: Order) -> tuple[list[Copy], Mailroom | None]:
        """Return the mails of an order, and the mailroom that made them (None where no run was needed).

        Raises:
            WorkspaceError: they cannot be made.
        """
        with self._explained():
            ready = self._operator_copies(order) if OPERATOR in order.kinds and (order.note or order.sample) else []
            others = [kind for kind in order.kinds if kind != OPERATOR]
            if not others:
                return ready, None
            room = self._mailroom()
            made = room.copies(others, self._due(order), to=order.to, station=order.station, sample=order.sample)
            return [*ready, *made], room

    def queue(self, order: Order, outbox: Outbox, done: Sending) -> None:
        """Compose an order's mails and queue them, and write its notices; ``done`` tells what came of it.

        Raises:
            WorkspaceError: they cannot be made; nothing was queued.
        """
        copies, room = self.copies(order)
        trial = order.to is not None
        with self._explained():
            drafts: list[Draft] = [draft(self.settings, self.config.language, copy, digest_of(copy.matter.context), trial=trial)
                                   for copy in copies if copy.matter.kind.name == OPERATOR]  # fmt: skip
            if room is not None:
                rest = (copy for copy in copies if copy.matter.kind.name != OPERATOR)
                drafts += room.drafts(rest, outbox, trial=trial, again=order.again)
                done.skipped = room.skipped
                if "reminder" in order.kinds and not trial:
                    done.notices = len(room.notices(self._due(order)))
            done.queued = outbox.queue(drafts, again=order.again or trial)

    def notices(self, due: date) -> list[Path]:
        """Write the reminders as files.

        Raises:
            WorkspaceError: they cannot be made.
        """
        with self._explained():
            return self._mailroom().notices(due)

    def check_templates(self) -> int:
        """Compile every template of the language; return how many.

        Raises:
            WorkspaceError: one is broken.
        """
        with self._explained():
            return self._renderer().check()

    def _due(self, order: Order) -> date:
        return order.due or self.config.today

    def _renderer(self) -> Renderer:
        return Renderer(self.config.language, self.config.path("templates"))

    def _mailroom(self) -> Mailroom:
        material = Material(open_workspace(self.config.folder, self.screen), self.settings)
        return Mailroom(material, self._renderer(), secret(ATTACHMENT))

    def _operator_copies(self, order: Order) -> list[Copy]:
        """Return the mails to the operators; what failed may be the workspace itself, so little is needed of it."""
        context = operator(read_note(order.note) if order.note else _EXAMPLE, self._discreet())
        kind, settings, lang = KINDS[OPERATOR], self.settings, self.config.language
        given = {
            "lang": "zh-CN" if lang == "zh" else lang, "county": settings.sender_name, "due": self._due(order).isoformat(),
            "contact": settings.contact, "sender_name": settings.sender_name, "hidden": False,
            "logs": str(self.config.path("state") / "logs"), **context,
        }  # fmt: skip
        try:
            rendered = self._renderer().render(kind.template, given)
        except TemplateError:
            rendered = Renderer(lang).render(kind.template, given)
        matter = Matter(
            kind, self._due(order), digest_of({key: context[key] for key in ("job", "status", "message")}), context
        )
        addresses = [order.to] if order.to else [one for one in settings.operators if settings.reaches(one)]
        if order.sample:
            addresses = (addresses or [settings.sender])[:1]
        return [Copy(matter, address, rendered) for address in addresses]

    def _discreet(self) -> Callable[[str], str]:
        """Return what masks names and numbers; only numbers where the county's names are not to be had."""
        try:
            return self._mailroom().material.discretion.text
        except Exception:  # noqa: BLE001 - the operator must be told of what failed, even where that is in the way here
            return mask_text

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Put known failures into words.

        Raises:
            WorkspaceError: one of them happened.
        """
        try:
            yield
        except TemplateError as error:
            raise failure(
                CONFIGURATION, "template", self.screen, file=error.file, line=error.line, reason=guard(error.reason)
            ) from None
        except NoRunError as error:
            status = USAGE if error.reason == "none" else BUSY
            raise failure(status, f"no_run_{error.reason}", self.screen, folder=str(self.config.folder)) from None
        except NoPasswordError:
            raise failure(CONFIGURATION, "no_attachment_password", self.screen, name=ATTACHMENT) from None
        except NoteError as error:
            raise failure(USAGE, "note", self.screen, reason=error.reason) from None
