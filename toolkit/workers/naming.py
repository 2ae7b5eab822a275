"""Functions by their names, so that only the workers import what they need."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def named(reference: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` means: looked up in the worker, so that the caller need not import it."""
    module, _, name = reference.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
