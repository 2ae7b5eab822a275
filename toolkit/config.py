"""``config.ini``: every key declared once, with its default, what is allowed, and its explanation in the catalogue."""

from __future__ import annotations

import configparser
import hashlib
import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.addresses import MAIL_KINDS, is_domain, split_addresses
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.messages import LANGUAGES, text
from toolkit.times import Times, TimesError, parse_times

FILE = "config.ini"
INSTEAD = "TAIZHANG_CONFIG"  # names a file to be read instead: the nightly job's last settings without mistakes
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SECRETS = ("password", "passwd", "secret", "密码", "口令", "授权码")


class ConfigError(Exception):
    """The configuration is wrong; ``problems`` holds (catalogue entry, parameters) of each mistake."""

    def __init__(self, problems: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__(f"{len(problems)} mistakes in {FILE}")
        self.problems = problems

    def sentences(self, lang: str) -> list[str]:
        """Return one sentence per mistake."""
        resolved = []
        for name, params in self.problems:
            allowed = params.get("allowed")
            words = {"allowed": text(allowed[0], lang, **allowed[1])} if isinstance(allowed, tuple) else {}
            resolved.append(text(name, lang, **params | words))
        return resolved


class _Refused(Exception):  # noqa: N818 - a signal between two functions of this module
    """A value is not allowed: the catalogue entry that says what is."""

    def __init__(self, name: str, **params: Any) -> None:
        super().__init__(name)
        self.allowed = (f"config.allowed.{name}", params)


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise _Refused("choice", choices="、".join(filter(None, choices)))
        return value

    return parse


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise _Refused("number", low=low, high=high)
        return int(value)

    return parse


def _workers(value: str) -> int | None:
    if value == "auto":
        return None
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 256:
        raise _Refused("auto", high=256)
    return int(value)


def _yes_no(value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise _Refused("yes_no")
    return value.lower() == "yes"


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _Refused("date_required") from None


def _date_or_none(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise _Refused("date") from None


def _path(value: str) -> str:
    if not value:
        raise _Refused("path")
    if _ADDRESS.match(value):
        raise _Refused("local_path")
    return value


def _path_or_address(value: str) -> str:
    if not value:
        raise _Refused("path")
    return value


def _text(value: str) -> str:
    return value


def _times(value: str) -> Times | None:
    try:
        return parse_times(value) if value else None
    except TimesError as error:
        raise _Refused(error.name, **error.params) from error


def _url(value: str) -> str:
    if value and not (value.startswith(("http://", "https://")) and value.isascii() and not set(value) & set(' <>@"')):
        raise _Refused("url")
    return value


def _line(value: str) -> str:
    return " ".join(value.split())


def _words(value: str) -> list[str]:
    return [word for word in re.split(r"[、,，;；\s]+", value) if word]


def _several(*choices: str) -> Callable[[str], tuple[str, ...]]:
    def parse(value: str) -> tuple[str, ...]:
        if not set(_words(value)) <= set(choices):
            raise _Refused("several", choices="、".join(choices))
        return tuple(choice for choice in choices if choice in _words(value))

    return parse


def _addresses(value: str) -> tuple[str, ...]:
    good, bad = split_addresses(value)
    if bad:
        raise _Refused("addresses")
    return tuple(good)


def _address(value: str) -> str:
    addresses = _addresses(value)
    if len(addresses) > 1:
        raise _Refused("address")
    return addresses[0] if addresses else ""


def _domains(value: str) -> tuple[str, ...]:
    domains = tuple(word.lower().lstrip("@.") for word in _words(value))
    if not all(map(is_domain, domains)):
        raise _Refused("domains")
    return domains


def _hours(value: str) -> tuple[int, int] | None:
    """Return the first and the last minute of the day, or None for none."""
    if not value:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-3]):([0-5]\d)", value)
    if not found:
        raise _Refused("hours")
    hours = tuple(map(int, found.groups()))
    return hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]


def _port(value: str) -> int | None:
    return _number(1, 65535)(value) if value else None


MAIL_SERVICES = ("163", "126", "qq", "exmail", "smtp")


def _standards(value: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for entry in re.split("[、，,;；]", value):
        if not entry.strip():
            continue
        name, sign, amount = (part.strip() for part in entry.replace("＝", "=").partition("="))
        if not (name and sign and amount.isascii() and amount.isdigit()):
            raise _Refused("standards")
        found[name] = float(amount)
    return found


SCHEMA: dict[str, dict[str, tuple[str, Callable[[str], Any]]]] = {
    "general": {"county": ("", _text), "language": ("zh", _choice(*LANGUAGES))},
    "paths": {
        "stations": ("workbooks/stations", _path_or_address),
        "roster": ("workbooks/roster.xlsx", _path),
        "dictionary": ("workbooks/dictionary.xlsx", _path),
        "out": ("workbooks/out", _path),
        "templates": ("workbooks/templates", _path),
        "state": ("workbooks/.state", _path),
    },
    "period": {"from": ("2020-01-01", _date), "to": ("2020-12-31", _date), "today": ("", _date_or_none)},
    "marks": {"mode": ("in-place", _choice("in-place", "copy", "off")), "information": ("no", _yes_no)},
    "run": {
        "engine": ("local", _choice("local", "dask")),
        "cluster": ("", _text),
        "workers": ("auto", _workers),
        "seconds_per_file": ("60", _number(1, 3600)),
        "memory_mb": ("2048", _number(256, 65536)),
        "vanished_percent": ("50", _number(1, 100)),
    },
    "summary": {
        "unit_veterans": ("30", _number(1, 100_000)),
        "monthly_meetings": ("例会", _words),
        "quarterly_meetings": ("联席", _words),
        "merit_bonus": ("", _standards),
        "levels": ("地市、县", _several("地市", "县", "乡镇")),
    },
    "checks": {"amount_min": ("10", _number(0, 1_000_000)), "amount_max": ("200000", _number(1, 1_000_000_000))},
    "nightly": {
        "consolidate": ("02:30", _times),
        "remind": ("", _times),
        "weekly": ("", _times),
        "monthly": ("", _times),
        "quarterly": ("", _times),
        "retries": ("3", _number(0, 20)),
        "backoff": ("10", _number(1, 720)),
        "time_limit": ("240", _number(1, 2880)),
        "health_url": ("", _url),
        "health_method": ("post", _choice("post", "get")),
        "keep_logs": ("60", _number(1, 10_000)),
    },
    "mail": {
        "service": ("", _choice("", *MAIL_SERVICES)),
        "user": ("", _line),
        "kinds": ("", _several(*MAIL_KINDS)),
        "leaders": ("", _addresses),
        "operators": ("", _addresses),
        "sender_name": ("", _line),
        "contact": ("", _line),
        "encrypt": ("no", _yes_no),
        "allowed_domains": ("", _domains),
        "outside": ("suppress", _choice("suppress", "refuse")),
        "remind_days": ("3", _number(0, 60)),
        "repeat_days": ("7", _number(0, 60)),
        "quiet": ("", _hours),
        "per_minute": ("20", _number(0, 1000)),
        "per_day": ("400", _number(0, 100_000)),
        "per_connection": ("20", _number(1, 1000)),
        "give_up_days": ("5", _number(1, 30)),
        "seconds": ("60", _number(1, 600)),
        "sender": ("", _address),
        "reply_to": ("", _address),
        "server": ("", _line),
        "security": ("tls", _choice("tls", "starttls", "none")),
        "port": ("", _port),
        "ca_file": ("", _line),
    },
    "page": {
        "idle_minutes": ("30", _number(1, 1440)),
        "file_mb": ("50", _number(1, 1000)),
        "files": ("100", _number(1, 1000)),
    },
}


def defaults(section: str) -> dict[str, Any]:
    """Return the default values of a section."""
    return {key: parse(default) for key, (default, parse) in SCHEMA[section].items()}


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a workspace. ``folder`` is where ``config.ini`` lies; all paths are absolute.

    ``deadlines``: by the id of a ledger; whether there is such a ledger, only the dictionary knows (:func:`check_deadlines`).
    """

    folder: Path
    values: Mapping[str, Mapping[str, Any]]
    deadlines: Mapping[str, date] = field(default_factory=dict)
    version: str = ""

    def path(self, key: str) -> Path:
        """Return a path of ``[paths]``."""
        given = Path(self.values["paths"][key]).expanduser()
        return given if given.is_absolute() else self.folder / given

    @property
    def stations_url(self) -> str | None:
        """The address of the stations' files where they lie in remote storage, without a ``/`` at its end."""
        given = str(self.values["paths"]["stations"])
        return given.rstrip("/") if _ADDRESS.match(given) else None

    @property
    def stations(self) -> str:
        """Where the stations' files lie, for people: an address or an absolute path."""
        return self.stations_url or str(self.path("stations"))

    @property
    def dictionary(self) -> Path | None:
        """The dictionary workbook; None where there is none at its default place, so that the built-in one serves."""
        path = self.path("dictionary")
        is_default = self.values["paths"]["dictionary"] == SCHEMA["paths"]["dictionary"][0]
        return None if is_default and not path.exists() else path

    @property
    def language(self) -> str:
        """The language of what is written."""
        return str(self.values["general"]["language"])

    @property
    def period(self) -> tuple[date, date]:
        """First and last day of the reporting window."""
        return self.values["period"]["from"], self.values["period"]["to"]

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.values["period"]["today"] or date.today()  # noqa: DTZ011 - the office's own calendar day


def template(overrides: Mapping[tuple[str, str], str] | None = None) -> str:
    """Return the text of a ``config.ini`` with every key, explained in both languages."""
    given = overrides or {}
    lines = [f"# {text('config.intro', lang)}" for lang in LANGUAGES]
    for section, keys in SCHEMA.items():
        lines += ["", "", *(f"# {text(f'config.sections.{section}', lang)}" for lang in LANGUAGES), f"[{section}]"]
        for key, (default, _) in keys.items():
            lines += ["", *(f"# {text(f'config.keys.{section}.{key}', lang)}" for lang in LANGUAGES)]
            lines.append(f"{key} = {given.get((section, key), default)}".rstrip())
    lines += ["", "", *(f"# {text('config.sections.deadlines', lang)}" for lang in LANGUAGES), "[deadlines]"]
    for ledger in load_dictionary().ledgers.values():
        lines += ["", f"# {text('config.keys.deadlines.ledger', 'zh', name=ledger.name)}"]
        lines.append(f"{ledger.id} = {given.get(('deadlines', ledger.id), '')}".rstrip())
    return "\n".join(lines) + "\n"


def load_config(folder: Path, instead: Path | None = None) -> Config:
    """Return the settings in ``folder``; ``instead`` is read in the place of its ``config.ini``.

    Raises:
        ConfigError: the file is missing or wrong; one problem per mistake.
    """
    folder = folder.absolute()
    file = instead or Path(os.environ.get(INSTEAD) or folder / FILE)
    if not file.is_file():
        raise ConfigError([("config.missing", {"folder": str(folder)})])
    data = file.read_bytes()
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the ledgers' ids are upper case
    try:
        parser.read_string(data.decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ConfigError([("config.unreadable", {"reason": str(error).splitlines()[0][:120]})]) from error
    problems: list[tuple[str, dict[str, Any]]] = []
    _unknown(parser, problems)
    values: dict[str, dict[str, Any]] = {}
    for section, keys in SCHEMA.items():
        values[section] = {}
        for key, (default, parse) in keys.items():
            raw = parser.get(section, key, fallback=default).strip()
            try:
                values[section][key] = parse(raw)
            except _Refused as refused:
                problems.append(
                    ("config.wrong", {"section": section, "key": key, "value": raw, "allowed": refused.allowed})
                )
    deadlines = _deadlines(parser, problems)
    if not problems and values["period"]["from"] > values["period"]["to"]:
        problems.append(("config.period_order", {"first": values["period"]["from"], "last": values["period"]["to"]}))
    if not problems:
        problems += _remote(values)
    if problems:
        raise ConfigError(problems)
    return Config(folder, values, deadlines, hashlib.blake2b(data, digest_size=12).hexdigest())


def _remote(values: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return what is wrong with settings because the stations' files lie in remote storage."""
    address = str(values["paths"]["stations"])
    if not _ADDRESS.match(address):
        return []
    if "@" in address.partition("://")[2].partition("/")[0]:
        return [("config.address_secret", {"section": "paths", "key": "stations"})]
    mode = values["marks"]["mode"]
    allowed = ("config.allowed.marks_remote", {"address": address})
    wrong = {"section": "marks", "key": "mode", "value": mode, "allowed": allowed}
    return [("config.wrong", wrong)] if mode == "in-place" else []


def _unknown(parser: configparser.ConfigParser, problems: list[tuple[str, dict[str, Any]]]) -> None:
    for section in parser.sections():
        if section != "deadlines" and section not in SCHEMA:
            problems.append(
                ("config.unknown_section", {"section": section, "allowed": "、".join([*SCHEMA, "deadlines"])})
            )
            continue
        for key in parser[section]:
            if any(word in key.lower() for word in _SECRETS) and parser[section][key].strip():
                problems.append(("config.secret", {"section": section, "key": key}))
            elif section != "deadlines" and key not in SCHEMA[section]:
                problems.append(
                    ("config.unknown_key", {"section": section, "key": key, "allowed": "、".join(SCHEMA[section])})
                )


def _deadlines(parser: configparser.ConfigParser, problems: list[tuple[str, dict[str, Any]]]) -> dict[str, date]:
    found = {}
    for key, raw in (parser["deadlines"] if parser.has_section("deadlines") else {}).items():
        try:
            day = _date_or_none(raw.strip())
        except _Refused as refused:
            problems.append(
                ("config.wrong", {"section": "deadlines", "key": key, "value": raw.strip(), "allowed": refused.allowed})
            )
            continue
        if day is not None:
            found[key] = day
    return found


def check_deadlines(config: Config, ledgers: Collection[str]) -> None:
    """Check that every deadline is one of a ledger.

    Raises:
        ConfigError: the dictionary has no such ledger.
    """
    allowed = "、".join(ledgers)
    problems: list[tuple[str, dict[str, Any]]] = [
        ("config.unknown_key", {"section": "deadlines", "key": key, "allowed": allowed})
        for key in config.deadlines
        if key not in ledgers
    ]
    if problems:
        raise ConfigError(problems)
