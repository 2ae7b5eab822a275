"""What several outputs of one run are made of, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.output.facts import Facts, gather_facts
from toolkit.output.figures import Figure, compute
from toolkit.results import Results


@dataclass(frozen=True, slots=True)
class Overview:
    """The facts and figures of a run."""

    facts: Facts
    figures: Sequence[Figure]


def make_overview(results: Results, lang: str = "zh") -> Overview:
    """Return the facts and figures of a run; pass them to every writer, so that they are worked out once."""
    return Overview(gather_facts(results), compute(results, lang))
