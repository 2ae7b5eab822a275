"""Taizhang Toolkit: what other programs may rely on.

``run`` takes a workspace through the whole pipeline, ``check`` looks at one workbook, ``mark`` and ``unmark`` make findings visible
in a workbook and take them off again. Everything is imported on demand: the package itself costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.api import check, mark, run, unmark
    from toolkit.ledgers.dictionary import Dictionary, load_dictionary
    from toolkit.model import Finding, Mark, MarkResult, Place, RefusedWorkbook
    from toolkit.report import Report

_HOMES = {
    "run": "toolkit.api", "check": "toolkit.api", "mark": "toolkit.api", "unmark": "toolkit.api",
    "Dictionary": "toolkit.ledgers.dictionary", "load_dictionary": "toolkit.ledgers.dictionary",
    "Finding": "toolkit.model", "Mark": "toolkit.model", "MarkResult": "toolkit.model", "Place": "toolkit.model",
    "RefusedWorkbook": "toolkit.model", "Report": "toolkit.report",
}  # fmt: skip

__all__ = [
    "Dictionary",
    "Finding",
    "Mark",
    "MarkResult",
    "Place",
    "RefusedWorkbook",
    "Report",
    "check",
    "load_dictionary",
    "mark",
    "run",
    "unmark",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
