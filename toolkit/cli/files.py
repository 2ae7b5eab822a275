"""What the commands about single workbooks share: checking them, and where their journals and backups lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.cli.common import LANG, stop
from toolkit.messages import text


def config_of(folder: Path) -> Any:
    """Return the settings of the workspace at hand, or None where there is none."""
    from toolkit.config import FILE, load_config

    return load_config(folder) if (folder / FILE).is_file() else None


def journal_of(config: Any) -> Any:
    """Return the journal of a workspace, or the user's own where there is none."""
    from toolkit.marking import Journal, users_journal

    return Journal(config.path("state")) if config is not None else users_journal(LANG)


def every_journal(config: Any) -> list[Any]:
    """Return the journals in which a file's backups may be."""
    from toolkit.marking import users_journal
    from toolkit.model import RefusedWorkbook

    found = [journal_of(config)] if config is not None else []
    try:
        return [*found, users_journal(LANG)]
    except RefusedWorkbook:
        return found


def must_exist(files: Sequence[Path], *, as_json: bool) -> None:
    """End with the status for wrong usage where a file does not exist."""
    for path in files:
        if not path.exists():
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)


def check_paths(
    folder: Path, files: Sequence[Path], ledger: str | None, *, explain: bool, as_json: bool
) -> tuple[Any, dict[str, str]]:
    """Check files with the settings of the workspace at hand; return what was found, and the short names of ledgers."""
    from toolkit.workers.pool import prepare

    prepare()  # first of all: it takes as long as the rest of the start
    from toolkit.ledgers.dictionary import load_dictionary
    from toolkit.single import check_files, circumstances
    from toolkit.workspace import workspace_dictionary

    config = config_of(folder)
    loaded = workspace_dictionary(config, LANG) if config else load_dictionary()
    chosen = loaded.named(ledger) if ledger else None
    if ledger and chosen is None:
        allowed = "、".join(f"{one.id} {one.short}" for one in loaded.ledgers.values())
        stop(2, [text("screen.unknown_ledger", LANG, value=ledger, allowed=allowed)], as_json=as_json)
    must_exist(files, as_json=as_json)
    checked = check_files(
        files, ledger=chosen.id if chosen else None, lang=LANG, explain=explain, **circumstances(config)
    )
    return checked, {one.id: one.short for one in loaded.ledgers.values()}
