"""The command that makes the offline Windows folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from toolkit.cli.common import LANG, common, help_text, print_json, progress_display, stop, taizhang
from toolkit.messages import text

_ROOT = Path(__file__).parents[2]


@taizhang.command(help=help_text("bundle.help"))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("build/windows"),
    show_default=True,
    help=help_text("bundle.out"),
)
@click.option("--python", "python", type=click.Path(path_type=Path), help=help_text("bundle.python"))
@click.option("--python-sha256", help=help_text("bundle.sha256"))
@click.option(
    "--lock", type=click.Path(path_type=Path), default=_ROOT / "requirements.lock", help=help_text("bundle.lock")
)
@click.option(
    "--buttons",
    type=click.Path(path_type=Path),
    default=Path("build/buttons"),
    show_default=True,
    help=help_text("bundle.buttons"),
)
@click.option("--cache", type=click.Path(path_type=Path), help=help_text("bundle.cache"))
@click.option("--no-zip", is_flag=True, help=help_text("bundle.no_zip"))
@common
def bundle(
    folder: Path, out: Path, python: Path | None, python_sha256: str | None, lock: Path, buttons: Path, cache: Path | None, no_zip: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Make the offline Windows folder."""
    del folder
    try:
        from platformdirs import user_cache_path

        from toolkit.bundle.build import Wanted, make_bundle
    except ImportError:
        stop(11, [text("bundle.screen.needs", LANG)], as_json=as_json)
    from toolkit.bundle.errors import NotBundled
    from toolkit.screen import say

    kept = cache or user_cache_path("taizhang", appauthor=False) / "windows"
    progress = progress_display(as_json=as_json)
    try:
        made = make_bundle(Wanted(out, kept, lock, buttons, python, python_sha256, not no_zip), progress)
    except NotBundled as error:
        stop(11, [text(f"bundle.screen.{error.why}", LANG, **error.params)], as_json=as_json)
    finally:
        if hasattr(progress, "stop"):
            progress.stop()
    if as_json:
        print_json({"version": 1, "folder": str(made.folder), "zip": str(made.zip) if made.zip else None, "sha256": made.sha256,
                    "python": made.python, "packages": made.packages, "size": made.size, "buttons": list(made.buttons),
                    "missing": list(made.missing)})  # fmt: skip
    else:
        say(
            text(
                "bundle.screen.made",
                LANG,
                python=made.python,
                packages=made.packages,
                megabytes=made.size >> 20,
                folder=str(made.folder),
            )
        )
        if made.zip:
            say(text("bundle.screen.zipped", LANG, path=str(made.zip), sha256=made.sha256))
        name = "buttons" if made.buttons else "no_buttons"
        say(text(f"bundle.screen.{name}", LANG, names="、".join(made.buttons), folder=str(buttons)))
        if made.missing:
            say(text("bundle.screen.missing", LANG, names="、".join(made.missing)))
        say(text("bundle.screen.next", LANG))
    sys.exit(3 if made.missing else 0)
