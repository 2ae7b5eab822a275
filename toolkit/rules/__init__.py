"""Rules: one module each. Adding a module adds a rule; its file name is the rule's name in a ledger's TOML.

``settings.toml`` declares what each of them can be told.
"""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a rule. ``kind`` and what stands behind its colon or ``@``, ``of``; ``choices``: the words allowed, if it is one."""

    name: str
    kind: str
    of: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a rule by name, and those of which exactly one must be given."""

    declared: Mapping[str, Setting]
    one_of: tuple[tuple[str, ...], ...] = ()


@cache
def rule_names() -> tuple[str, ...]:
    """Return the names of all rules."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")


@cache
def rule(name: str) -> ModuleType:
    """Return the module of a rule."""
    return import_module(f"{__name__}.{name}")


def is_county_rule(name: str) -> bool:
    """Say whether a rule looks at the whole county instead of a batch of rows."""
    return hasattr(rule(name), "check_county")


@cache
def rule_settings() -> Mapping[str, Settings]:
    """Return what each rule can be told, without importing any of them."""
    content = tomllib.loads(resources.files(__package__).joinpath("settings.toml").read_text(encoding="utf-8"))
    return {name: _settings(table) for name, table in content.items()}


def _settings(table: Mapping[str, str | list[str] | list[list[str]]]) -> Settings:
    one_of = tuple(tuple(group) for group in table.get("_one_of", ()))
    return Settings({name: _setting(name, said) for name, said in table.items() if name != "_one_of"}, one_of)


def _setting(name: str, said: object) -> Setting:
    if isinstance(said, list):
        return Setting(name, "choice", optional="?" in said, choices=tuple(word for word in said if word != "?"))
    kind, optional = str(said).removesuffix("?"), str(said).endswith("?")
    if "@" in kind:
        kind, _, of = kind.partition("@")
        return Setting(name, f"{kind}@", of, optional)
    kind, _, of = kind.partition(":")
    return Setting(name, kind, of, optional)
