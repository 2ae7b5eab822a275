"""Checking workbooks that stand by themselves: no workspace, nothing written."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from toolkit.config import Config
from toolkit.intake.source import Fingerprint, LocalFolder, is_passed_over
from toolkit.ledgers.dictionary import Dictionary, load_dictionary
from toolkit.model import Finding, Mark, RefusedWorkbook
from toolkit.report import VERSION, finding_entry
from toolkit.store.history import date_findings, identify

if TYPE_CHECKING:
    from toolkit.batches import FileResult

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found: the report, the findings behind it by the file's path as given, and what each row was taken for."""

    report: dict[str, Any]
    findings: dict[str, list[Finding]]
    explained: dict[str, list[tuple[str, int, str, str]]]

    @property
    def status(self) -> int:
        """The exit status: 3 where an input could not be used or a rule is broken, 1 where there are errors, else 0."""
        unusable = any(file["status"] in ("unreadable", "encrypted", "locked") for file in self.report["files"])
        if unusable or any(finding["code"] == "E901" for finding in self.report["findings"]):
            return 3
        return 1 if self.report["totals"]["errors"] else 0


class Circumstances(TypedDict):
    """What checking single workbooks takes from the settings of a workspace."""

    today: date | None
    period: tuple[date, date] | None
    dictionary: Path | None


def circumstances(config: Config | None) -> Circumstances:
    """Return what settings say about checking; without any, the calendar and the built-in dictionary serve."""
    if config is None:
        return {"today": None, "period": None, "dictionary": None}
    return {"today": config.today, "period": config.period, "dictionary": config.dictionary}


def check_files(
    paths: Sequence[Path], *, ledger: str | None = None, dictionary: Path | None = None, lang: str = "zh",
    today: date | None = None, period: tuple[date, date] | None = None, explain: bool = False, forms: bool = False,
    names: Mapping[Path, str] | None = None,
) -> Checked:  # fmt: skip
    """Check files, and every file in folders, each by itself; ``dictionary``: a workbook in place of the built-in definitions.

    ``names``: what people call a file where it is not named so, since a name may tell which ledger it is.

    ``forms``: also find entries that are right, but written in another form than the rest of their column.

    Raises:
        FileNotFoundError: a path does not exist.
        DictionaryError: the dictionary is wrong.
    """
    from toolkit.batches import BatchResult, Job, crashed
    from toolkit.workers import Compute, run_batches

    started = datetime.now(UTC).astimezone()
    day = today or date.today()  # noqa: DTZ011 - the office's own calendar day
    prints = _fingerprints(paths)
    left_aside = _left_aside(prints)
    called = {path.as_posix(): name for path, name in (names or {}).items()}
    loaded = load_dictionary(dictionary)
    job = Job(LocalFolder(Path.cwd()), "", day, period, ledger=ledger, dictionary=loaded, explain=explain, names=called,
              forms=forms)  # fmt: skip
    batches = [[one] for one in prints if one.path not in left_aside]
    done = run_batches(
        "toolkit.perfile:check_alone", batches, initializer="toolkit.perfile:start", argument=job,
        compute=Compute(workers=min(len(batches), 2) or 1),
        lost=lambda file, reason, params: BatchResult([crashed(job, file, reason, params)]),
    )  # fmt: skip
    results = left_aside | ({file.path: file for _, batch in done for file in batch.files} if batches else {})
    findings: dict[str, list[Finding]] = {}
    for file in prints:
        own = identify(results[file.path].findings)
        findings[file.path] = date_findings(own, {}, day).findings
    report = _report(prints, results, findings, loaded, lang, started)
    return Checked(report, findings, {path: result.explained for path, result in results.items()})


def _fingerprints(paths: Sequence[Path]) -> list[Fingerprint]:
    found = []
    for path in paths:
        if path.is_dir():
            found += [Fingerprint((path / file.path).as_posix(), *file[1:]) for file in LocalFolder(path).walk()[0]]
        else:
            status = path.stat()
            found.append(Fingerprint(path.as_posix(), status.st_size, status.st_mtime_ns, ""))
    return found


def _left_aside(prints: Sequence[Fingerprint]) -> dict[str, FileResult]:
    """Return the results of files that are not read: locks and temporary files, and the same content once more."""
    from toolkit.batches import FileResult
    from toolkit.intake.read import file_finding

    found: dict[str, FileResult] = {}
    seen: dict[str, str] = {}
    for file in prints:
        if is_passed_over(Path(file.path).name):
            found[file.path] = FileResult(file.path, "", "other", findings=[file_finding(file.path, "I014")])
        elif len(prints) > 1 and file.size:
            digest = hashlib.blake2b(Path(file.path).read_bytes(), digest_size=16).hexdigest()
            kept = seen.setdefault(digest, file.path)
            if kept != file.path:
                found[file.path] = FileResult(
                    file.path, "", "skipped-duplicate", findings=[file_finding(file.path, "I008", other=kept)]
                )
    return found


def _report(
    prints: Sequence[Fingerprint], results: dict[str, Any], findings: dict[str, list[Finding]], dictionary: Dictionary, lang: str,
    started: datetime,
) -> dict[str, Any]:  # fmt: skip
    files = []
    for file in prints:
        result, own = results[file.path], findings[file.path]
        errors = sum(finding.severity == "error" for finding in own)
        warnings = sum(finding.severity == "warning" for finding in own)
        status = result.status
        if status in ("ok", "findings", "unclaimed"):
            status = "findings" if errors or warnings else "ok"
        ledgers = list(dict.fromkeys(table.ledger for table in result.tables))
        files.append({"path": file.path, "station": None, "status": status, "ledgers": ledgers, "rows": result.rows, "errors": errors,
                      "warnings": warnings, "marks": "off"})  # fmt: skip
    totals = {
        "stations": 0,
        "reported": 0,
        "files": len(files),
        "rows": sum(result.counted for result in results.values()),
        "errors": sum(file["errors"] for file in files),
        "warnings": sum(file["warnings"] for file in files),
        "fixed": 0,
    }
    now = datetime.now(UTC).astimezone()
    run = {"id": started.strftime("%Y%m%dT%H%M%S"), "started": started.isoformat(timespec="seconds"),
           "finished": now.isoformat(timespec="seconds"), "workspace": ""}  # fmt: skip
    entries = [finding_entry(finding, dictionary, lang) for file in prints for finding in findings[file.path]]
    return {"version": VERSION, "run": run, "totals": totals, "files": files, "stations": [], "findings": entries}


def marks_of(findings: Sequence[Finding], lang: str, *, information: bool = False) -> list[Mark]:
    """Return the marks that make findings visible in their workbook."""
    from toolkit.messages.say import message, shown_suggestion

    ordered = sorted(findings, key=lambda item: (item.place.sheet or "", item.place.row or 0, item.place.column or 0))
    return [
        Mark(
            finding.place.sheet,
            finding.place.cell,
            finding.severity,
            finding.code,
            message(finding, lang),
            shown_suggestion(finding, sensitive=False),
        )
        for finding in ordered
        if finding.place.sheet and finding.place.cell and (information or finding.severity != "info")
    ]


def unsealed(path: Path, act: Callable[..., Made]) -> Made:
    """Do something to a workbook, with the passwords at hand where it is encrypted."""
    from toolkit.marking.encryption import is_ole
    from toolkit.passwords import passwords_for

    words = passwords_for(None) if is_ole(path) else ()
    for word in words[:-1]:
        with contextlib.suppress(RefusedWorkbook):
            return act(password=word)
    return act(password=words[-1]) if words else act()
