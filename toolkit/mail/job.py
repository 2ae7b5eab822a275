"""What ``taizhang mail`` does: compose, queue, deliver, preview. Every known way to fail becomes a :class:`WorkspaceError` in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.config import Config, load_config
from toolkit.mail.content.operator import NoteError, operator, read_note
from toolkit.mail.credentials import ATTACHMENT, LOGIN, secret
from toolkit.mail.deliver import Delivery, OutboxBusyError, deliver
from toolkit.mail.kinds import KINDS, Matter
from toolkit.mail.mailroom import Copy, Mailroom, NoPasswordError, Skipped, digest_of, draft
from toolkit.mail.material import Material
from toolkit.mail.outbox import Outbox
from toolkit.mail.privacy import guard
from toolkit.mail.rendering import Renderer, TemplateError
from toolkit.mail.settings import MailSettings, helo_name, mail_settings
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.steps.reopen import NoRunError
from toolkit.workspace import BUSY, CONFIGURATION, WorkspaceError, open_workspace

USAGE = 2
OPERATOR = "operator"
_EXAMPLE = {"job": "run", "started": "2020-12-31T20:00:00", "finished": "2020-12-31T20:00:07", "status": 13, "message": "…"}
"""The note that previews are made with."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to send. ``due`` None: today; ``to``: samples to this address instead; ``again``: what was sent before, too.

    ``note``: a JSON file with job, started, finished, status and message, for an operator; ``sample``: one of each kind, to be looked at.
    """

    kinds: tuple[str, ...]
    due: date | None = None
    to: str | None = None
    station: str | None = None
    again: bool = False
    note: Path | None = None
    sample: bool = False


@dataclass(slots=True)
class Sending:
    """What sending did: letters newly queued, notices written, who gets nothing, and what delivering did."""

    queued: int = 0
    notices: int = 0
    skipped: Skipped = field(default_factory=Skipped)
    delivery: Delivery | None = None
    failure: WorkspaceError | None = None


class Post:
    """The mail of one workspace. Use as a context manager. ``sending`` False: mail need not be set up, only looked at.

    Raises:
        ConfigError: the settings are wrong, or mail is not set up.
    """

    def __init__(self, folder: Path, lang: str, *, sending: bool = True) -> None:
        self.config: Config = load_config(folder)
        self.settings: MailSettings = mail_settings(self.config, sending=sending)
        self._screen = lang
        self.outbox = Outbox(self.config.path("state"), helo_name(self.settings))

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *_: object) -> None:
        self.outbox.close()

    @property
    def lang(self) -> str:
        """The language of mails."""
        return self.config.language

    def due(self, order: Order) -> date:
        """Return the due date of an order."""
        return order.due or self.config.today

    def renderer(self) -> Renderer:
        """Return what renders the workspace's templates."""
        return Renderer(self.lang, self.config.path("templates"))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Put known failures into words.

        Raises:
            WorkspaceError: one of them happened.
        """
        try:
            yield
        except TemplateError as error:
            raise self._failure(CONFIGURATION, "template", file=error.file, line=error.line, reason=guard(error.reason)) from None
        except NoRunError as error:
            status = USAGE if error.reason == "none" else BUSY
            raise self._failure(status, f"no_run_{error.reason}", folder=str(self.config.folder)) from None
        except NoPasswordError:
            raise self._failure(CONFIGURATION, "no_attachment_password", name=ATTACHMENT) from None
        except NoteError as error:
            raise self._failure(USAGE, "note", reason=error.reason) from None
        except OutboxBusyError:
            raise self._failure(BUSY, "busy") from None

    def _failure(self, status: int, entry: str, /, **params: Any) -> WorkspaceError:
        return WorkspaceError(status, [text(f"mail.failure.{entry}", self._screen, **params)])

    def mailroom(self) -> Mailroom:
        """Return what makes letters of the last run.

        Raises:
            WorkspaceError: roster or dictionary are wrong.
        """
        material = Material(open_workspace(self.config.folder, self._screen), self.settings)
        return Mailroom(material, self.renderer(), secret(ATTACHMENT))

    def copies(self, order: Order) -> tuple[list[Copy], Mailroom | None]:
        """Return the mails of an order without queueing any.

        Raises:
            WorkspaceError: they cannot be made.
        """
        with self._explained():
            ready = self._operator_copies(order) if OPERATOR in order.kinds and (order.note or order.sample) else []
            others = [kind for kind in order.kinds if kind != OPERATOR]
            if not others:
                return ready, None
            room = self.mailroom()
            made = room.copies(others, self.due(order), to=order.to, station=order.station, sample=order.sample)
            return [*ready, *made], room

    def _operator_copies(self, order: Order) -> list[Copy]:
        """Return the mails to the operators; what failed may be the workspace itself, so little is needed of it."""
        context = operator(read_note(order.note) if order.note else _EXAMPLE, self._discreet())
        kind, settings = KINDS[OPERATOR], self.settings
        given = {
            "lang": "zh-CN" if self.lang == "zh" else self.lang, "county": settings.sender_name, "due": self.due(order).isoformat(),
            "contact": settings.contact, "sender_name": settings.sender_name, "hidden": False,
            "logs": str(self.config.path("state") / "logs"), **context,
        }  # fmt: skip
        try:
            rendered = self.renderer().render(kind.template, given)
        except TemplateError:
            rendered = Renderer(self.lang).render(kind.template, given)
        matter = Matter(kind, self.due(order), digest_of({key: context[key] for key in ("job", "status", "message")}), context)
        operators = [one for one in settings.operators if settings.outside != "refuse" or settings.trusts(one)]
        addresses = [order.to] if order.to else operators
        if order.sample:
            addresses = (addresses or [settings.sender])[:1]
        return [Copy(matter, address, rendered) for address in addresses]

    def _discreet(self) -> Callable[[str], str]:
        """Return what masks names and numbers; only numbers where the county's names are not to be had."""
        try:
            return self.mailroom().material.discretion.text
        except Exception:  # noqa: BLE001 - the operator must be told of what failed, even where that is in the way here
            return mask_text

    def send(self, order: Order, progress: Callable[[int], None] = lambda _: None) -> Sending:
        """Compose, queue and deliver. What cannot be composed does not keep back what waits: it is told in ``failure``.

        Raises:
            WorkspaceError: another process is sending.
        """
        done = Sending()
        try:
            self._compose(order, done)
        except WorkspaceError as error:
            done.failure = error
        done.delivery = self.deliver(progress)
        return done

    def _compose(self, order: Order, done: Sending) -> None:
        copies, room = self.copies(order)
        with self._explained():
            plain = [copy for copy in copies if copy.matter.kind.name == OPERATOR]
            drafts = [draft(self.settings, self.lang, copy, digest_of(copy.matter.context), trial=order.to is not None) for copy in plain]
            if room is not None:
                rest = [copy for copy in copies if copy.matter.kind.name != OPERATOR]
                drafts += room.drafts(rest, self.outbox, trial=order.to is not None, again=order.again)
                done.skipped = room.skipped
                if "reminder" in order.kinds and order.to is None:
                    done.notices = len(room.notices(self.due(order)))
            done.queued = self.outbox.queue(drafts, again=order.again or order.to is not None)

    def deliver(self, progress: Callable[[int], None] = lambda _: None) -> Delivery:
        """Deliver what is due.

        Raises:
            WorkspaceError: there is no password, or another process is sending.
        """
        with self._explained():
            return deliver(self.outbox, self.settings, self.password(), progress=progress)

    def password(self) -> str | None:
        """Return the account's password, None where no login is made.

        Raises:
            WorkspaceError: there is none.
        """
        found = secret(LOGIN) if self.settings.user else None
        if self.settings.user and not found:
            raise self._failure(CONFIGURATION, "no_password", name=LOGIN)
        return found

    def check_templates(self) -> int:
        """Compile every template of the language; return how many.

        Raises:
            WorkspaceError: one is broken.
        """
        with self._explained():
            return self.renderer().check()

    def notices(self, due: date) -> list[Path]:
        """Write the reminders as files.

        Raises:
            WorkspaceError: they cannot be made.
        """
        with self._explained():
            return self.mailroom().notices(due)
