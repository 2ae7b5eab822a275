"""The way to the server: TLS always verified, one login a connection, several envelopes a connection, one recipient an envelope."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

from toolkit.mail.answers import Answer, Stage
from toolkit.mail.settings import MailSettings, helo_name

_DOTS = re.compile(rb"^\.", re.MULTILINE)


class _Failed(Exception):  # noqa: N818 - a signal inside this module
    """The conversation ended: what came back, or how it broke."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.stage)
        self.answer = answer


class Courier:
    """Carries letters to the server; connects with the first, and anew after a failure or ``per_connection`` letters."""

    def __init__(self, settings: MailSettings, password: str | None) -> None:
        self._settings = settings
        self._password = password
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def __enter__(self) -> Courier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._abandon()

    def check(self) -> Answer | None:
        """Connect and log in without sending; return what went wrong, or None."""
        try:
            self._ready()
        except _Failed as failed:
            return failed.answer
        return None

    def carry(self, recipient: str, content: bytes) -> Answer:
        """Hand over one letter to one recipient and return the server's last answer."""
        try:
            smtp = self._ready()
            limit = smtp.esmtp_features.get("size", "")
            if limit.isdigit() and 0 < int(limit) < len(content):
                return Answer(Stage.SENDER, 552, f"message size exceeds {limit}")
            answer = self._envelope(smtp, recipient, content)
        except _Failed as failed:
            self._abandon()
            return failed.answer
        self._carried += 1
        if answer.code == 421:
            self._abandon()
        elif not 200 <= answer.code < 300:
            self._reset(smtp)
        return answer

    def _envelope(self, smtp: smtplib.SMTP, recipient: str, content: bytes) -> Answer:
        options = [f"size={len(content)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("8bitmime"):
            options.append("body=8bitmime")
        steps: tuple[tuple[Stage, Callable[[], tuple[int, bytes]], tuple[int, ...]], ...] = (
            (Stage.SENDER, lambda: smtp.mail(self._settings.sender, options), (250,)),
            (Stage.RECIPIENT, lambda: smtp.rcpt(recipient), (250, 251)),
            (Stage.DATA, lambda: smtp.docmd("data"), (354,)),
        )
        for stage, step, wanted in steps:
            code, words = _guarded(stage, step)
            if code not in wanted:
                return _answer(stage, code, words)
        body = _DOTS.sub(b"..", content)
        _guarded(Stage.DATA, lambda: smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n"))
        code, words = _guarded(Stage.END, smtp.getreply)
        return _answer(Stage.END, code, words)

    def _ready(self) -> smtplib.SMTP:
        """Return a connection that is logged in."""
        if self._smtp is not None and self._carried >= self._settings.per_connection:
            self.close()
        if self._smtp is None:
            self._smtp = self._connect()
            self._carried = 0
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        given = self._settings
        place = (given.server, given.port, helo_name(given), float(given.seconds))
        smtp: smtplib.SMTP = _guarded(Stage.CONNECT, lambda: _open(given.security, place, _context(given)))
        try:
            _hello(smtp)
            if given.security == "starttls":
                self._start_tls(smtp)
            if given.user:
                self._login(smtp)
        except _Failed:
            smtp.close()
            raise
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        if not smtp.has_extn("starttls"):
            raise _Failed(Answer(Stage.TLS, 0, "no_tls"))
        _guarded(Stage.TLS, lambda: smtp.starttls(context=_context(self._settings)))
        _hello(smtp)

    def _login(self, smtp: smtplib.SMTP) -> None:
        """Log in once, by one mechanism: smtplib's own ``login`` tries each in turn, which locks accounts three times as fast."""
        if not isinstance(smtp.sock, ssl.SSLSocket):
            raise _Failed(Answer(Stage.TLS, 0, "no_tls"))
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        user, password = self._settings.user, self._password or ""
        if "PLAIN" in offered:
            said = [f"AUTH PLAIN {_base64(chr(0) + user + chr(0) + password)}"]
        elif "LOGIN" in offered:
            said = ["AUTH LOGIN", _base64(user), _base64(password)]
        else:
            raise _Failed(Answer(Stage.LOGIN, 0, "no_login_offered"))
        for number, line in enumerate(said, 1):
            code, words = _guarded(Stage.LOGIN, partial(smtp.docmd, line))
            if code != (235 if number == len(said) else 334):
                raise _Failed(_answer(Stage.LOGIN, code, words))

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            ready = smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            ready = False
        if not ready:
            self._abandon()

    def _abandon(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _context(settings: MailSettings) -> ssl.SSLContext:
    """Return a context that verifies certificate and name; a CA of the house is trusted beside the system's."""
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _open(security: str, place: tuple[str, int, str, float], context: ssl.SSLContext) -> smtplib.SMTP:
    server, port, name, seconds = place
    if security == "tls":
        return smtplib.SMTP_SSL(server, port, name, timeout=seconds, context=context)
    return smtplib.SMTP(server, port, name, timeout=seconds)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _hello(smtp: smtplib.SMTP) -> None:
    code, words = _guarded(Stage.CONNECT, smtp.ehlo)
    if not 200 <= code < 300:
        raise _Failed(_answer(Stage.CONNECT, code, words))


def _guarded(stage: Stage, call: Callable[[], Any]) -> Any:
    """Make one call to the server and return what it returns. No exception of it is chained: some repeat what was said.

    Raises:
        _Failed: the conversation broke, or was refused by an exception.
    """
    try:
        return call()
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        failed = _answer(stage, error.smtp_code, words)
    except ssl.SSLCertVerificationError:
        failed = Answer(Stage.TLS, 0, "certificate")
    except ssl.SSLError:
        failed = Answer(Stage.TLS if stage is Stage.CONNECT else stage, 0, "tls")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        timed_out = isinstance(error, TimeoutError) or "timed out" in str(error)
        failed = Answer(stage, 0, "timeout" if timed_out else type(error).__name__)
    raise _Failed(failed)


def _answer(stage: Stage, code: int, words: bytes) -> Answer:
    """Return an answer; its words are read as UTF-8, else as GB 18030, which Chinese servers speak."""
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        text = words.decode("gb18030", "replace")
    return Answer(stage, code, " ".join(text.split())[:300]) if code > 0 else Answer(stage, 0, "protocol")
