"""A server on loopback that misbehaves on request: aiosmtpd with a script of faults."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from mail_certificates import Certificates
from mail_samples import PASSWORD, SENDER

Answer = str | None
"""What to answer instead of the usual: a line, or None for the usual one."""


@dataclass
class Server:
    """What the server was told and what it got. ``at_rcpt`` and ``at_data`` answer by recipient; ``drop`` and ``hang``: after accepting."""

    at_rcpt: Callable[[str], Answer] = lambda _: None
    at_data: Callable[[str], Answer] = lambda _: None
    drop: Callable[[str], bool] = lambda _: False
    hang: Callable[[str], bool] = lambda _: False
    greeting: str | None = None
    pause: float = 0.0
    logins: int = 0
    connections: int = 0
    got: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.got]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd calls it
        if len(envelope.rcpt_tos):
            return "452 one recipient an envelope, please"
        answer = self.at_rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it
        recipient = envelope.rcpt_tos[0]
        if answer := self.at_data(recipient):
            return answer
        if self.pause:
            await asyncio.sleep(self.pause)
        with self.lock:
            self.got.append((recipient, envelope.content))
        if self.drop(recipient):
            server.transport.abort()
        if self.hang(recipient):
            await asyncio.sleep(20)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        self.logins += 1
        fits = isinstance(given, LoginPassword) and (given.login, given.password) == (
            SENDER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=fits, handled=False, message=None if fits else "535 Error: authentication failed")


@contextmanager
def serving(
    server: Server, certificates: Certificates | None, *, security: str = "tls", limit: int | None = None
) -> Iterator[Server]:
    """Run a server on a port that is free; it is told which."""
    context = None
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
    starttls = security == "starttls" and context is not None
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        server.connections += 1
        return SMTP(server, hostname="localhost", data_size_limit=limit, authenticator=server.authenticate, loop=loop, timeout=60,
                    tls_context=context if starttls else None, auth_require_tls=starttls)  # fmt: skip

    listener = loop.run_until_complete(
        loop.create_server(protocol, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    )
    server.port = listener.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_close(listener), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(listener: asyncio.Server) -> None:
    listener.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
