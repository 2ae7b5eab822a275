"""E-mail addresses as people list them (several in one cell, separated by 、;, or blanks), and the kinds of mail that go to them."""

from __future__ import annotations

import re

from toolkit.characters import tidy

MAIL_KINDS = ("summary", "township", "findings", "reminder", "weekly", "monthly", "quarterly", "operator")
_SPLIT = re.compile(r"[、,，;；/\n]+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def split_addresses(text: str) -> tuple[list[str], list[str]]:
    """Return (addresses, what is none) of a text, each once, full-width forms put right, the domain in lower case."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for part in filter(None, map(str.strip, _SPLIT.split(tidy(text)))):
        words = part.split()
        for one in words if all("@" in word for word in words) else [part]:
            address = normal(one)
            if address is None:
                bad.append(one)
            else:
                good[address] = None
    return list(good), bad


def normal(text: str) -> str | None:
    """Return one address in the form by which it is known, or None where it is none."""
    local, at, domain = text.strip().rpartition("@")
    if not at or len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local) or not is_domain(domain):
        return None
    return f"{local}@{domain.lower()}"


def is_domain(text: str) -> bool:
    """Say whether a text is a domain as it stands after the @ of an address."""
    return _DOMAIN.fullmatch(text) is not None


def domain_of(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2].lower()


def is_allowed(address: str, domains: tuple[str, ...]) -> bool:
    """Say whether an address lies in one of the domains or below one: ``a@x.gov.cn`` in ``gov.cn``."""
    own = domain_of(address)
    return any(own == domain or own.endswith(f".{domain}") for domain in domains)
