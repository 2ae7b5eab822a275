"""The commands about what is checked: dictionary (export, check) and template."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from toolkit.cli.common import LANG, common, help_text, print_json, stop, taizhang
from toolkit.messages import text

WRONG = 11
_MOST = 60


@taizhang.group(help=help_text("dictionary.help"))
@click.option("--lang", type=click.Choice(["zh", "en"]), default=LANG, expose_value=False, help=help_text("lang"))
def dictionary() -> None:
    """Hold the dictionary's commands together."""


def _config(folder: Path) -> Any:
    """Return the settings of the workspace at hand, or None where there is none."""
    from toolkit.config import FILE, load_config

    return load_config(folder) if (folder / FILE).is_file() else None


def _place(config: Any, file: Path | None) -> Path:
    """Return the dictionary workbook that is meant: the one named, else the workspace's, else one here."""
    path: Path = config.path("dictionary") if config else Path("dictionary.xlsx")
    return file or path


@contextmanager
def _writing(path: Path, *, as_json: bool) -> Iterator[None]:
    """End with a sentence where a file cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        stop(WRONG, [text("screen.not_writable", LANG, folder=str(path.parent), reason=reason)], as_json=as_json)


@dictionary.command(name="export", help=help_text("dictionary.export"))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help=help_text("dictionary.force"))
@common
def export(folder: Path, file: Path | None, force: bool, as_json: bool) -> None:
    """Write the built-in dictionary as a workbook."""
    from toolkit.ledgers.dictionary import is_unedited
    from toolkit.scaffold import write_dictionary
    from toolkit.screen import say

    config = _config(folder)
    path = _place(config, file)
    with _writing(path, as_json=as_json):
        before = path.is_file()
        renewed = before and is_unedited(path)
    if before and not renewed and not force:
        stop(2, [text("dictionary.screen.kept", LANG, path=str(path))], as_json=as_json)
    backup = path.with_stem(f"{path.stem}-{datetime.now().astimezone():%Y%m%dT%H%M%S}")
    with _writing(path, as_json=as_json):
        if before and not renewed:
            backup.write_bytes(path.read_bytes())
        written = write_dictionary(path, config.language if config else LANG)
    if as_json:
        kept = str(backup) if backup.exists() else None
        print_json({"version": 1, "file": str(written), "renewed": renewed, "backup": kept})
        return
    if backup.exists():
        say(text("dictionary.screen.backup", LANG, path=str(backup)))
    if written != path:
        say(text("dictionary.screen.in_use", LANG, path=str(path), other=str(written)))
    else:
        say(text(f"dictionary.screen.{'renewed' if renewed else 'exported'}", LANG, path=str(path)))


@dictionary.command(name="check", help=help_text("dictionary.check"))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common
def check(folder: Path, file: Path | None, as_json: bool) -> None:
    """Check a dictionary workbook and tell what differs from the built-in one."""
    from toolkit.ledgers.compare import compare
    from toolkit.ledgers.dictionary import DictionaryError, built_in_definitions, read_book
    from toolkit.screen import say

    path = _place(_config(folder), file)
    if not path.exists():
        if file is not None:
            stop(2, [text("screen.not_a_file", LANG, path=str(path))], as_json=as_json)
        if as_json:
            print_json({"version": 1, "file": None, "edited": False, "differences": [], "unused": []})
        else:
            say(text("dictionary.screen.no_file", LANG, path=str(path)))
        return
    try:
        loaded, book = read_book(path)
    except DictionaryError as error:
        stop(WRONG, error.sentences(LANG), as_json=as_json)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        stop(WRONG, [text("dictionary.unreadable", LANG, file=str(path), reason=reason)], as_json=as_json)
    own = built_in_definitions()
    differences = compare(book.definitions, own, LANG) if book.edited else []
    counts = {
        "ledgers": len(loaded.ledgers),
        "fields": sum(len(ledger.fields) for ledger in loaded.ledgers.values()),
        "rules": sum(len(ledger.rules) - 1 for ledger in loaded.ledgers.values()),
    }
    if as_json:
        told = [one._asdict() for one in differences]
        print_json(
            {
                "version": 1,
                "file": str(path),
                "edited": book.edited,
                **counts,
                "differences": told,
                "unused": list(book.unused),
            }
        )
        return
    say(text(f"dictionary.screen.{'good' if book.edited else 'built_in'}", LANG, path=str(path), **counts))
    for sheet in book.unused:
        say(text("dictionary.screen.unused", LANG, sheet=sheet))
    if book.edited and not differences:
        say(text("dictionary.screen.same", LANG))
    if differences:
        _show_differences(differences, is_older=book.base not in ("", own.version()))


def _show_differences(differences: list[Any], *, is_older: bool) -> None:
    from toolkit.screen import say

    say()
    say(text("dictionary.screen.differs", LANG, count=len(differences)))
    if is_older:
        say(text("dictionary.screen.older", LANG))
    for one in differences[:_MOST]:
        words = {part: text(f"dictionary.screen.{getattr(one, part)}", LANG) for part in ("what", "table")}
        say(text("dictionary.screen.difference", LANG, name=one.name, **words))
    if len(differences) > _MOST:
        say(text("dictionary.screen.more", LANG, count=len(differences) - _MOST))


@taizhang.command(help=help_text("template.help"))
@click.argument("ledger", required=False)
@click.option("--out", type=click.Path(path_type=Path), help=help_text("template.out"))
@click.option("--all", "everything", is_flag=True, help=help_text("template.all"))
@click.option("--rows", type=click.IntRange(1, 5000), default=20, show_default=True, help=help_text("template.rows"))
@click.option("--force", is_flag=True, help=help_text("template.force"))
@common
def template(
    folder: Path, ledger: str | None, out: Path | None, everything: bool, rows: int, force: bool, as_json: bool
) -> None:
    """Make blank ledgers."""
    from toolkit.ledgers.dictionary import load_dictionary
    from toolkit.output.template import Blank, file_name, write_template
    from toolkit.screen import say
    from toolkit.workspace import workspace_dictionary

    config = _config(folder)
    loaded = workspace_dictionary(config, LANG) if config else load_dictionary()
    allowed = "、".join(f"{one.id} {one.short}" for one in loaded.ledgers.values())
    if everything == bool(ledger):
        stop(2, [text("template.which", LANG, allowed=allowed)], as_json=as_json)
    chosen = loaded.named(ledger) if ledger else None
    if ledger and chosen is None:
        stop(2, [text("screen.unknown_ledger", LANG, value=ledger, allowed=allowed)], as_json=as_json)
    if chosen is not None:
        targets = {chosen.id: out / file_name(chosen) if out and out.is_dir() else out or Path(file_name(chosen))}
    else:
        place = out or (config.path("roster").parent / "templates" if config else Path("templates"))
        targets = {one.id: place / file_name(one) for one in loaded.ledgers.values()}
    if taken := [path for path in targets.values() if path.exists() and not force]:
        stop(2, [text("template.exists", LANG, path=str(path)) for path in taken], as_json=as_json)
    year = config.period[1].year if config else date.today().year  # noqa: DTZ011 - the office's own calendar day
    county = config.values["general"]["county"] if config else ""
    blank = Blank(county, year, rows, config.language if config else LANG)
    with _writing(next(iter(targets.values())), as_json=as_json):
        made = [write_template(path, loaded.ledgers[number], blank) for number, path in targets.items()]
    if as_json:
        print_json({"version": 1, "files": [str(path) for path in made]})
    else:
        for path in made:
            say(text("template.made", LANG, path=str(path)))
    sys.exit(0)
