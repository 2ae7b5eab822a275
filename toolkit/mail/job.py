"""What ``taizhang mail`` does with a workspace: compose and queue, deliver, check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from toolkit.config import Config, load_config
from toolkit.mail.credentials import LOGIN, secret
from toolkit.mail.deliver import Delivery, OutboxBusyError, deliver, next_try, unblock
from toolkit.mail.orders import Order, Sending, failure
from toolkit.mail.outbox import Outbox
from toolkit.mail.settings import MailSettings, helo_name, mail_settings
from toolkit.workspace import BUSY, CONFIGURATION, WorkspaceError

if TYPE_CHECKING:
    from toolkit.mail.composing import Composer


class Progress(Protocol):
    """Somebody who is told how far delivering has come."""

    def step(self, name: str, total: int) -> None:
        """Begin a step of ``total`` parts."""
        ...

    def advance(self, count: int = 1) -> None:
        """Say that ``count`` parts are done."""
        ...


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
    def composer(self) -> Composer:
        """What composes mails; it takes longer to import than looking into the outbox does."""
        from toolkit.mail.composing import Composer

        return Composer(self.config, self.settings, self._screen)

    def due(self, order: Order) -> date:
        """Return the due date of an order."""
        return order.due or self.config.today

    def send(self, order: Order, progress: Progress | None = None) -> Sending:
        """Compose, queue and deliver. What fails is told in ``failure``; what cannot be composed does not keep back what waits."""
        done = Sending()
        try:
            self.composer.queue(order, self.outbox, done)
        except WorkspaceError as error:
            done.failure = error
        return self._deliver(done, progress)

    def resend(self, numbers: Sequence[int], progress: Progress | None = None) -> tuple[list[int], Sending]:
        """Put letters to the front again (none given: all that have not gone out) and deliver; return which they were."""
        moved = self.outbox.retry(numbers or None)
        unblock(self.outbox)
        return moved, self._deliver(Sending(), progress)

    def _deliver(self, done: Sending, progress: Progress | None) -> Sending:
        try:
            done.delivery = self.deliver(progress)
        except WorkspaceError as error:
            done.failure = done.failure or error
            done.delivery = Delivery(next_try=next_try(self.outbox, self.settings))
        return done

    def deliver(self, progress: Progress | None = None) -> Delivery:
        """Deliver what is due.

        Raises:
            WorkspaceError: there is no password, or another process is sending.
        """
        password = self.password()
        waiting = self.outbox.counts()["pending"]
        try:
            if progress is None or not waiting:
                return deliver(self.outbox, self.settings, password)
            progress.step("mail", waiting)
            return deliver(self.outbox, self.settings, password, progress=progress.advance)
        except OutboxBusyError:
            raise failure(BUSY, "busy", self._screen) from None

    def password(self) -> str | None:
        """Return the account's password, None where no login is made.

        Raises:
            WorkspaceError: there is none.
        """
        found = secret(LOGIN) if self.settings.user else None
        if self.settings.user and not found:
            raise failure(CONFIGURATION, "no_password", self._screen, name=LOGIN)
        return found
