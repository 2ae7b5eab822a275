"""Rules: one module each. Adding a module adds a rule; its file name is the rule's name in a ledger's TOML."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

FIELD_SETTINGS = frozenset({
    "field", "when", "id", "sex", "birth_date", "age", "earlier", "later", "enlisted", "discharged", "stated", "category",
    "class", "name", "date", "reserve", "address", "cancelled", "kind", "died", "state",
})  # fmt: skip
"""Settings whose value is the name of a field of the rule's own ledger."""


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
