"""What mails are made of: the last finished run, worked out once, in the language of the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from toolkit.ledgers.dictionary import Ledger
from toolkit.mail.privacy import Discretion, discretion
from toolkit.mail.settings import MailSettings
from toolkit.mail.windows import Counts, by_township
from toolkit.output.facts import Facts, gather_facts
from toolkit.output.figures import Figure, compute
from toolkit.output.small import hide_in_figures
from toolkit.results import Results, StationReport
from toolkit.steps.reopen import LastRun, reopen
from toolkit.workspace import Workspace


@dataclass(frozen=True)
class Material:
    """The last run of a workspace as mails see it."""

    workspace: Workspace
    settings: MailSettings
    _counts: dict[tuple[str, bool], Mapping[str, Counts]] = field(default_factory=dict, repr=False)

    @property
    def lang(self) -> str:
        """The language of mails."""
        return self.workspace.config.language

    @cached_property
    def last(self) -> LastRun:
        """The last finished run.

        Raises:
            NoRunError: there was none, or one is at work.
        """
        return reopen(self.workspace)

    @property
    def results(self) -> Results:
        """What the run found."""
        return self.last.results

    @cached_property
    def facts(self) -> Facts:
        """Scores of the county, its townships, stations and ledgers."""
        return gather_facts(self.results)

    @cached_property
    def _figures(self) -> Sequence[Figure]:
        return compute(self.results, self.lang)

    def figures(self, *, hidden: bool) -> Sequence[Figure]:
        """Return the figures; ``hidden``: those about too few people without a value."""
        return hide_in_figures(self._figures) if hidden else self._figures

    @cached_property
    def discretion(self) -> Discretion:
        """What must not be told of persons."""
        return discretion(self.results, self.last.report)

    @cached_property
    def findings(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """Errors and warnings of ``report.json`` by station; under ``""`` those of no station."""
        by_station: dict[str, list[Mapping[str, Any]]] = {}
        for entry in self.last.report["findings"]:
            if entry["severity"] != "info":
                by_station.setdefault(entry["station"] or "", []).append(entry)
        return by_station

    @cached_property
    def owed(self) -> Mapping[str, list[StationReport]]:
        """What each station owes and what came of it, by its code."""
        by_station: dict[str, list[StationReport]] = {}
        for report in self.results.stations:
            by_station.setdefault(report.station.code, []).append(report)
        return by_station

    @property
    def summary(self) -> Path | None:
        """``out/summary.xlsx`` as the run wrote it."""
        return self.last.outputs.get("summary")

    def counts(self, ledger: Ledger, *, hidden: bool) -> Mapping[str, Counts]:
        """Return what a ledger holds in the reporting period by township, worked out once."""
        key = (ledger.id, hidden)
        if key not in self._counts:
            self._counts[key] = {
                upper.code: counts for upper, counts in by_township(self.results, ledger, hidden=hidden)
            }
        return self._counts[key]

    def ledger(self, code: str) -> str:
        """Return what a ledger is called for short."""
        known = self.results.dictionary.ledgers.get(code)
        return known.short if known else code
