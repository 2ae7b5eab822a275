"""How mail is sent: ``[mail]`` of ``config.ini`` with the presets of the services, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.addresses import domain_of, is_allowed, is_domain, normal
from toolkit.config import Config, ConfigError

PRESETS = {
    "163": ("smtp.163.com", 465),
    "126": ("smtp.126.com", 465),
    "qq": ("smtp.qq.com", 465),
    "exmail": ("smtp.exmail.qq.com", 465),
}
"""Service → server and port; all of them speak TLS from the first byte."""
NOBODY = "nobody@example.invalid"
"""The sender of previews where no account is set up."""
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where and how mail is sent. ``quiet``: minutes of the day; a limit of 0 is none; ``ca_file`` is absolute."""

    server: str
    port: int
    security: str
    user: str
    sender: str
    sender_name: str
    reply_to: str
    ca_file: Path | None
    kinds: tuple[str, ...]
    leaders: tuple[str, ...]
    operators: tuple[str, ...]
    contact: str
    encrypt: bool
    allowed_domains: tuple[str, ...]
    outside: str
    remind_days: int
    repeat_days: int
    quiet: tuple[int, int] | None
    per_minute: int
    per_day: int
    per_connection: int
    give_up_days: int
    seconds: int

    def trusts(self, address: str) -> bool:
        """Say whether an address is of the house, so that small counts may be shown to it."""
        return is_allowed(address, self.allowed_domains)

    def reaches(self, address: str) -> bool:
        """Say whether anything is sent to an address at all."""
        return self.outside != "refuse" or self.trusts(address)


def mail_settings(config: Config, *, sending: bool = True) -> MailSettings:
    """Return the settings of a workspace; without ``sending`` they need not be complete: enough to compose by.

    Raises:
        ConfigError: mail is not set up, or keys do not fit together; one problem per mistake.
    """
    given = config.values["mail"]
    service = given["service"]
    if not service:
        if sending:
            raise ConfigError([("mail.settings.none", {})])
        return _settings(config, "", 0, "tls", given["sender"] or normal(given["user"]) or NOBODY, None)
    problems: list[tuple[str, dict[str, Any]]] = []
    if service == "smtp":
        server, security = given["server"], given["security"]
        port = given["port"] or _PORTS[security]
        _check_server(server, security, given["user"], problems)
    else:
        (server, port), security = PRESETS[service], "tls"
        if not given["user"]:
            problems.append(("mail.settings.user", {"service": service}))
    sender = given["sender"] or normal(given["user"]) or ""
    if not sender:
        problems.append(("mail.settings.sender", {}))
    ca_file = config.folder / given["ca_file"] if given["ca_file"] else None
    if ca_file is not None and not ca_file.is_file():
        problems.append(("mail.settings.ca_file", {"path": str(ca_file)}))
    if problems and sending:
        raise ConfigError(problems)
    return _settings(config, server, port, security, sender or NOBODY, ca_file)


def _settings(config: Config, server: str, port: int, security: str, sender: str, ca_file: Path | None) -> MailSettings:
    given = config.values["mail"]
    same = {name: given[name] for name in MailSettings.__dataclass_fields__ if name in given}
    made = {"server": server, "port": port, "security": security, "sender": sender, "ca_file": ca_file}
    name = given["sender_name"] or config.values["general"]["county"]
    return MailSettings(**same | made | {"sender_name": name})


def _check_server(server: str, security: str, user: str, problems: list[tuple[str, dict[str, Any]]]) -> None:
    if not server:
        problems.append(("mail.settings.server", {}))
    elif not (is_domain(server) or server in _LOOPBACK or server.replace("-", "").isalnum()):
        problems.append(("mail.settings.server_name", {}))
    elif security == "none" and server not in _LOOPBACK:
        problems.append(("mail.settings.plain", {"server": server}))
    if security == "none" and user:
        problems.append(("mail.settings.plain_login", {}))


def helo_name(settings: MailSettings) -> str:
    """Return how the client names itself: the sender's domain, so that no machine's name goes out."""
    return domain_of(settings.sender)
