"""Put everything a run found into one value, write what people receive, and commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toolkit.batches import BatchResult, FileResult, file_to_dict
from toolkit.fields import field_type
from toolkit.intake.discover import Discovered
from toolkit.messages import text
from toolkit.model import Finding
from toolkit.output.consolidated import write_consolidated
from toolkit.output.facts import remembered
from toolkit.output.notice import write_notice
from toolkit.output.overview import make_overview
from toolkit.output.report_html import write_report_html
from toolkit.output.report_json import report, write_report_json
from toolkit.output.summary import write_summary
from toolkit.results import FileReport, Results, StationReport
from toolkit.steps import levels
from toolkit.steps.findings import in_file
from toolkit.steps.last import remember_outputs
from toolkit.steps.level_files import Written, last_written, remember_levels
from toolkit.steps.marks import Marked
from toolkit.steps.rows import Generation, sent_times
from toolkit.steps.unmarked import worth_another_try
from toolkit.steps.versions import inputs_key, unmarked, version_key
from toolkit.store.county import StoredCounty
from toolkit.store.history import FIXED, OPEN, RECURRED, Dated
from toolkit.store.rows import RowStore
from toolkit.store.state import KnownFile, State
from toolkit.workspace import Workspace


def gather(
    workspace: Workspace, state: State, county: StoredCounty, files: Mapping[str, FileResult],
    stations: list[StationReport], dated: Dated, marks: Mapping[str, Marked], started: datetime,
) -> Results:  # fmt: skip
    """Return everything the run found."""
    by_file = in_file(dated.findings)
    reports = []
    for path, file in files.items():
        counts = Counter(str(finding.severity) for finding in by_file.get(path, ()))
        status = file.status
        if status in ("ok", "findings"):
            status = "findings" if counts["error"] or counts["warning"] else "ok"
        if status == "other":
            continue
        marked = marks.get(path)
        reports.append(FileReport(
            path, file.station, status, tuple(dict.fromkeys(table.ledger for table in file.tables)), file.rows,
            counts["error"], counts["warning"], marked.status if marked else "none",
        ))  # fmt: skip
    now = datetime.now(UTC).astimezone()
    last = state.runs(1)
    return Results(
        started.strftime("%Y%m%dT%H%M%S"), started.isoformat(timespec="seconds"), now.isoformat(timespec="seconds"),
        workspace.config.values["general"]["county"], workspace.config.period, workspace.config.today, workspace.roster,
        workspace.dictionary, county, reports, stations, dated.findings, dated.new, dated.recurred, len(dated.fixed),
        last[0][4] if last else {}, state.end_of_period_before(workspace.config.period[0]), workspace.config.values["summary"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outputs:
    """What was written: the top's files by what they are, each unit's below it, and the scores that the next run compares with."""

    files: dict[str, Path]
    levels: dict[str, Written]
    scores: dict[str, float]


def write_outputs(
    workspace: Workspace, state: State, results: Results, hashes: Mapping[str, str], progress: Any
) -> Outputs:
    """Write everything that people receive. ``hashes``: file → the hash of its content without our marks."""
    out, lang = workspace.config.path("out"), workspace.config.language
    planned, parts = levels.plan(results), levels.Parts(results, hashes)
    stale = levels.stale(workspace, state, planned, parts)
    progress.step("write", 4 + len(stale))
    files = {}
    top = planned.units[0]
    own = parts.top(top.station)
    overview = make_overview(own, lang)
    folder = workspace.folder
    files["consolidated"] = write_consolidated(
        out / levels.CONSOLIDATED, own, lang, workspace=folder, overview=overview
    )[0]
    progress.advance()
    name = own.county_name or text("out.notice.county", lang)
    files["summary"] = write_summary(
        out / levels.SUMMARY, own, lang, overview=overview, consolidated=files["consolidated"].name,
        levels=planned.levels(top, name),
    )  # fmt: skip
    progress.advance()
    files["html"] = write_report_html(out / "report.html", own, lang, overview=overview)
    progress.advance()
    files["notice"] = write_notice(out / "通报.txt", own, lang, overview=overview)
    progress.advance()
    before = last_written(state)
    written = {unit.folder: before[unit.folder] for unit in planned.units if unit.folder in before}
    for unit, roster, key in stale:
        written[unit.folder] = levels.write_unit(workspace, planned, parts, unit, roster, key, name)
        progress.advance()
    levels.sweep(workspace, state, planned)
    scores = {code: score for one in written.values() for code, score in one.scores.items()}
    return Outputs(files, written, scores | remembered(own, overview.facts))


def contents(workspace: Workspace, found: Discovered, known: Mapping[str, KnownFile]) -> dict[str, str]:
    """Return the hash of each file's content as its station left it, without our marks."""
    return {
        workspace.prefix + file.path: _original(file.hash, known.get(file.path), changed=False) or file.hash
        for file in found.files
    }


def sensitive_fields(workspace: Workspace) -> frozenset[tuple[str, str]]:
    """Return (ledger, field) of the fields that hold numbers of persons."""
    return frozenset((ledger.id, spec.name) for ledger in workspace.dictionary.ledgers.values()
                     for spec in ledger.fields.values() if field_type(spec.type).sensitive)  # fmt: skip


def commit(
    workspace: Workspace, state: State, results: Results, found: Discovered, files: Mapping[str, FileResult],
    known: Mapping[str, KnownFile], processed: BatchResult, marks: Mapping[str, Marked], generation: Generation,
    written: Outputs, only: str | None, *, with_marks: bool,
) -> dict[str, Any]:  # fmt: skip
    """Write report.json and make the run the current one, in one transaction; ``with_marks``: marks were looked at."""
    outputs = written.files
    data = report(results, workspace.folder.as_posix(), workspace.config.language)
    outputs["report"] = write_report_json(workspace.config.path("out") / "report.json", data)
    version = version_key(workspace)
    fresh = {file.path for file in processed.files}
    renewed = fresh | {file.path for file in processed.unread}
    times = sent_times(workspace, found, known)
    known_files = []
    for fingerprint in found.files:
        path = workspace.prefix + fingerprint.path
        if path not in files:
            continue
        before = known.get(fingerprint.path)
        marked = marks.get(path)
        after = marked.after if marked else None
        kept_version = version if path in fresh else before.version if before else version
        result = dict(before.result) if before and path not in renewed else file_to_dict(files[path])
        if marked:
            copy = list(marked.copy) if marked.copy else None
            result |= {"marks": marked.status, "marks_digest": marked.digest, "copy": copy}
        size, mtime, digest = after or (fingerprint.size, fingerprint.mtime_ns, fingerprint.hash)
        original = _original(fingerprint.hash, before, changed=after is not None)
        result.pop("original", None)
        if original:
            result["original"] = original
        known_files.append(KnownFile(fingerprint.path, size, mtime, digest, times[path], kept_version, result))
    current = {file.path for file in found.files} | set(found.unsettled)
    settled = not (
        found.unsettled
        or any(file.status == "locked" for file in files.values())
        or any(map(worth_another_try, marks.values()))
    )
    hashes = [(file.path, file.hash) for file in known_files]
    inputs = inputs_key(workspace, hashes, found.duplicates, only) if settled else ""
    inputs = inputs if with_marks else unmarked(inputs)
    duplicates = [KnownFile(file.path, file.size, file.mtime_ns, file.hash, file.mtime_ns, "", {"status": "skipped-duplicate"})
                  for file in found.copies]  # fmt: skip
    previous = str(state.get("generation") or generation.name)
    with state.transaction():
        state.put_files(file for file in (*known_files, *duplicates) if file != known.get(file.path))
        state.forget_files(set(known) - current - {file.path for file in found.copies})
        state.put_findings(_history(results))
        for gone in _fixed(state, results.findings):
            state.put_findings([gone])
        state.put("generation", generation.name)
        state.put_partitions(generation.sizes)
        state.put_period(workspace.config.period, generation.name)
        status = 3 if any(remember_outputs(workspace, state, outputs, inputs, data)) else 0
        remember_levels(state, written.levels)
        kept = {"townships": written.scores, "until": workspace.config.period[1].isoformat()}
        state.put_run(results.run, results.started, results.finished, status, results.totals | kept)
    # The one before stays until the next run: a mail being composed, or a page being read, may still be reading it.
    RowStore(workspace.config.path("state") / "rows").sweep({generation.name, previous, *state.periods().values()})
    return data


def _original(digest: str, before: KnownFile | None, *, changed: bool) -> str | None:
    """Return the content hash of a file before our marks came in, by which copies of it are recognised."""
    if before is not None and before.hash == digest and before.result.get("original"):
        return str(before.result["original"])
    return digest if changed else None


def _history(results: Results) -> list[tuple[str, str, str, str, str]]:
    return [(finding.id, finding.since, RECURRED if finding.id in results.recurred else OPEN, finding.code, finding.place.station or "")
            for finding in results.findings]  # fmt: skip


def _fixed(state: State, findings: Any) -> list[tuple[str, str, str, str, str]]:
    current: set[str] = {finding.id for finding in findings if isinstance(finding, Finding)}
    return [
        (key, since, FIXED, "", "")
        for key, (since, status) in state.findings().items()
        if key not in current and status != FIXED
    ]
