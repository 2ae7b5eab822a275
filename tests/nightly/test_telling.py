"""A job that has failed for good: the operator is told, once, with what happened; and what a job runs when mail is set up."""

import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.nightly.nightly_samples import SimulatedClock, write_config
from toolkit.config import Config, load_config
from toolkit.nightly import loop
from toolkit.nightly.attempt import Runner
from toolkit.nightly.jobs import commands
from toolkit.nightly.loop import Nightly, World
from toolkit.store.jobs import JobLedger

DUE = date(2026, 5, 2)


ALL = ("summary", "township", "findings", "reminder", "weekly", "operator")


def with_mail(config: Config, *kinds: str, service: str = "163") -> Config:
    return replace(config, values={**config.values, "mail": {"service": service, "kinds": kinds}})


def test_what_each_job_runs_when_mail_is_set_up(tmp_path: Path) -> None:
    write_config(tmp_path)
    plain = load_config(tmp_path)

    def shown(name: str, note: Path | None = None, config: Config | None = None) -> list[str]:
        steps = commands(name, config or with_mail(plain, *ALL), DUE, "zh", note)
        return [" ".join(words[words.index("toolkit") + 1 : words.index("-C")]) for words in steps]

    assert shown("consolidate") == [
        "run --json", "mail send --kind summary --kind township --kind findings --due 2026-05-02 --json",
    ]  # fmt: skip
    assert shown("remind") == ["mail send --kind reminder --due 2026-05-02 --json"]
    assert shown("weekly") == ["mail send --kind weekly --due 2026-05-02 --json"]
    assert shown("tell-weekly", Path("note.json")) == [
        "mail send --kind operator --due 2026-05-02 --note note.json --json"
    ]
    assert shown("monthly") == [], "a kind that [mail] does not enable is not sent"
    assert shown("consolidate", config=with_mail(plain, "findings"))[1:] == [
        "mail send --kind findings --due 2026-05-02 --json"
    ]
    for silent in (plain, with_mail(plain, *ALL, service="")):
        assert shown("consolidate", config=silent) == ["run --json"]
        assert shown("weekly", config=silent) == shown("tell-weekly", Path("note.json"), silent) == []


def test_the_operator_is_told_once_after_the_last_try_and_again_only_if_the_telling_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real processes: the job says why it failed and ends with 11; the telling fails once, then keeps the note."""
    write_config(tmp_path, retries="2", backoff="10")
    monkeypatch.setattr(loop, "mailed", lambda *_: ("operator",))
    kept = tmp_path / "told.json"
    failing = "import json, sys; print(json.dumps({'errors': ['花名册有 1 处要改 149999195203120019']})); sys.exit(11)"
    telling = (
        "import os, pathlib, shutil, sys; first = pathlib.Path(sys.argv[2] + '.first')\n"
        "if not first.exists(): first.touch(); sys.exit(70)\n"
        "assert not os.path.exists(sys.argv[2]); shutil.copy(sys.argv[1], sys.argv[2])"
    )

    def plan(name: str, config: Config, due: date, lang: str, note: Path | None = None) -> Sequence[Sequence[str]]:
        return [[sys.executable, "-c", telling, str(note), str(kept)] if note else [sys.executable, "-c", failing]]

    said: list[str] = []
    with time_machine.travel(datetime(2026, 5, 1, 12), tick=False) as wall:
        clock = SimulatedClock(wall, stop=threading.Event())
        timetable = Nightly(World(tmp_path, clock, Runner(clock.stop, "zh", plan), said.append, clock.stop, "zh"))
        for _ in range(18 * 12):
            clock.wait(300)
            timetable.step()
        timetable.close()
    ledger = JobLedger(tmp_path / "workbooks/.state")
    tried = {name: [one.status for one in ledger.attempts(name, DUE)] for name in ("consolidate", "tell-consolidate")}
    first, second, third = ledger.attempts("consolidate", DUE)
    ledger.close()
    assert tried == {"consolidate": [11, 11, 11], "tell-consolidate": [70, 0]}
    assert second.started - first.started >= timedelta(minutes=10)
    assert third.started - second.started >= timedelta(minutes=20)
    note: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    assert (note["job"], note["due"], note["attempts"], note["status"]) == ("consolidate", "2026-05-02", 3, 11)
    assert "花名册有 1 处要改" in note["message"]
    assert "149999195203120019" not in note["message"] + "".join(said)
