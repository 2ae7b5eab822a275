"""`taizhang nightly` as a person or a service uses it: once, by the clock, a hundred times at once, stopped, and with settings that break."""

import json
import os
import re
import signal
import subprocess
import threading
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock

from tests.conftest import make_id, save_workbook
from tests.nightly.nightly_samples import (
    PYTHON,
    alive,
    held_run,
    make_workspace,
    started,
    taizhang,
    until,
    write_config,
)
from toolkit.nightly.health import ping
from toolkit.store.jobs import Attempt, JobLedger

posix = pytest.mark.skipif(os.name == "nt", reason="signals")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return make_workspace(tmp_path / "县 局")


def state(workspace: Path) -> Path:
    return workspace / "workbooks/.state"


def attempts(workspace: Path, name: str = "consolidate") -> list[Attempt]:
    ledger = JobLedger(state(workspace))
    found = [one for one in reversed(ledger.last(200)) if one.name == name]
    ledger.close()
    return found


def heartbeat(workspace: Path) -> dict[str, Any]:
    return dict(json.loads((state(workspace) / "heartbeat.json").read_text(encoding="utf-8")))


def once(workspace: Path, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return taizhang("nightly", "-C", str(workspace), "--once", *words, **how)


def known_since_long_ago(workspace: Path, entry: str = "daily 02:30") -> None:
    """Let the timetable have been known for a week: so that what was due last night is caught up."""
    ledger = JobLedger(state(workspace))
    ledger.see("consolidate", entry, datetime.now().astimezone() - timedelta(days=7))
    ledger.close()


def running_step(process: "subprocess.Popen[str]") -> psutil.Process | None:
    """Return the `taizhang run` that a timetable has started."""
    for child in psutil.Process(process.pid).children():
        try:
            if "run" in child.cmdline():
                return child
        except psutil.Error:
            continue
    return None


def test_once_runs_now_but_not_twice_for_the_same_due_date(workspace: Path) -> None:
    assert once(workspace).returncode == 0
    assert (workspace / "workbooks/out/report.json").is_file()
    second = once(workspace)
    assert (second.returncode, "已经做过了" in second.stdout) == (0, True)
    assert len(attempts(workspace)) == 1
    again = once(workspace, "--again", "--json")
    assert (again.returncode, json.loads(again.stdout)["ran"]) == (0, True)
    assert [one.status for one in attempts(workspace)] == [0, 0]
    beat = heartbeat(workspace)
    assert (beat["state"], beat["job"], beat["attempt"], beat["status"]) == ("succeeded", "consolidate", 2, 0)


def test_the_exit_status_is_the_jobs(workspace: Path) -> None:
    (workspace / "workbooks/stations/马村镇/坏.xlsx").write_bytes(b"")
    assert once(workspace).returncode == 3
    roster = workspace / "workbooks/roster.xlsx"
    good = roster.read_bytes()
    save_workbook(roster, [["站点代码"], ["1"]], sheet="站点")
    failed = once(workspace, "--again")
    assert failed.returncode == 11
    assert "roster.xlsx" in failed.stdout, "the reason is in the line itself"
    assert heartbeat(workspace)["state"] == "failed"
    roster.write_bytes(good)
    (workspace / "workbooks/stations").rename(workspace / "workbooks/away")
    assert once(workspace, "--again").returncode == 13
    assert [one.status for one in attempts(workspace)] == [3, 11, 13]


def test_a_job_that_would_only_mail_says_so_where_mail_is_not_set_up(workspace: Path) -> None:
    done = once(workspace, "--job", "weekly")
    assert (done.returncode, "没有设置邮件" in done.stdout) == (0, True)


def test_options_that_exclude_each_other_are_wrong_usage(workspace: Path) -> None:
    assert once(workspace, "--pending").returncode == 2
    assert taizhang("nightly", "-C", str(workspace), "--again").returncode == 2


def test_a_run_that_somebody_started_by_a_button_is_waited_for(workspace: Path) -> None:
    state(workspace).mkdir(parents=True)
    with FileLock(state(workspace) / "run.lock"):
        done = once(workspace)
    assert (done.returncode, "另一次运行" in done.stdout) == (10, True)
    assert heartbeat(workspace)["state"] == "postponed"
    assert once(workspace).returncode == 0


def test_the_dry_run_lists_what_would_run_and_changes_nothing(workspace: Path) -> None:
    write_config(workspace, consolidate="02:30", weekly="周一 07:00", quarterly="quarter 1 07:00")
    shown = json.loads(taizhang("nightly", "-C", str(workspace), "--dry-run", "--json").stdout)
    assert {one["job"] for one in shown["coming"]} == {"consolidate", "weekly", "quarterly"}
    assert sum(one["job"] == "consolidate" for one in shown["coming"]) == 7
    assert shown["missed"] == []
    assert not state(workspace).exists()
    known_since_long_ago(workspace)
    missed = taizhang("nightly", "-C", str(workspace), "--dry-run")
    assert "现在启动会补做：汇总" in missed.stdout


@posix
def test_the_timetable_catches_up_with_a_missed_night_and_ends_cleanly_when_told_to(workspace: Path) -> None:
    known_since_long_ago(workspace)
    with started("nightly", "-C", str(workspace)) as process:
        until(lambda: [one for one in attempts(workspace) if one.finished])
        second = taizhang("nightly", "-C", str(workspace))
        assert (second.returncode, "已经在工作" in second.stderr) == (10, True)
        assert once(workspace, "--again").returncode == 0, "the lock of the timetable is not that of a job"
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)
        assert process.returncode == 0
    assert [re.sub(r"[\d.]+ 秒|\d{4}-[\d-]+", "…", line[21:]) for line in said.splitlines()[1:]] == [
        "汇总（…）开始，第 1 次", "汇总（…）完成，用时 …", "时间表结束",
    ]  # fmt: skip


@posix
def test_sigterm_ends_a_running_job_with_all_its_processes_within_ten_seconds(workspace: Path) -> None:
    with started("nightly", "-C", str(workspace), "--once") as process:
        step = until(lambda: running_step(process))
        until(lambda: step.children())
        step.suspend()  # deaf to whatever it is asked
        tree = [step.pid, *(child.pid for child in step.children(recursive=True))]
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=10)
    assert (process.returncode, "应要求停下" in said) == (130, True)
    assert [pid for pid in tree if alive(pid)] == []
    assert [one.status for one in attempts(workspace)] == [130]
    assert heartbeat(workspace)["state"] == "stopped"
    assert once(workspace).returncode == 0, "nothing is left that would hold it up"


@posix
def test_a_timetable_that_was_killed_is_made_up_for_by_the_next(workspace: Path) -> None:
    known_since_long_ago(workspace)
    with started("nightly", "-C", str(workspace)) as process:
        step = until(lambda: running_step(process))
        step.suspend()
        process.kill()
        process.wait()
        step.kill()
    done = taizhang("nightly", "-C", str(workspace), "--pending")
    assert done.returncode == 0, done.stdout
    assert [one.status for one in attempts(workspace)] == [137, 0]
    assert "中途断了" in attempts(workspace)[0].message
    assert taizhang("nightly", "-C", str(workspace), "--pending").returncode == 0
    assert len(attempts(workspace)) == 2, "the next look finds nothing to do"


@posix
def test_of_a_hundred_started_at_once_one_runs_and_the_others_say_who_does(workspace: Path, tmp_path: Path) -> None:
    command = [*PYTHON, "nightly", "-C", str(workspace), "--once", "--lang", "zh"]
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run([*command, "--job", "weekly"], env=compiled, check=True, capture_output=True)
    with held_run(workspace) as release:
        crowd = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=compiled)
            for _ in range(100)
        ]
        try:
            until(lambda: sum(one.poll() is not None for one in crowd) == 99, 120)
            release()
            said = [one.communicate(timeout=60)[1] for one in crowd]
        finally:
            for one in crowd:
                one.kill()
                one.wait()
    assert sorted(one.returncode for one in crowd) == [0] + [10] * 99
    assert sum("有任务正在运行" in line for line in said) == 99
    assert sum("汇总，" in line and "开始" in line for line in said) > 0, (
        "once the job has begun, what it is and since when"
    )
    assert [one.status for one in attempts(workspace)] == [0]


def test_settings_with_mistakes_are_reported_while_the_last_good_ones_serve(workspace: Path) -> None:
    assert once(workspace).returncode == 0
    config = workspace / "config.ini"
    config.write_text(
        config.read_text(encoding="utf-8").replace("language = zh", "language = klingon"), encoding="utf-8"
    )
    done = once(workspace, "--again")
    assert done.returncode == 0, done.stdout
    assert "klingon" in done.stdout
    assert taizhang("run", "-C", str(workspace)).returncode == 11, "whoever runs it by hand sees the mistake"
    shown = json.loads(taizhang("status", "-C", str(workspace), "--json").stdout)
    assert "klingon" in shown["mistakes"][0]


def test_logs_tell_how_a_run_went_without_a_word_from_the_ledgers_and_only_the_last_are_kept(workspace: Path) -> None:
    write_config(workspace, keep_logs="2")
    card = make_id()
    save_workbook(
        workspace / "workbooks/stations/马村镇/帮扶2.xlsx",
        [
            ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"],
            ["欧阳某某", card[:17] + "Z", "病", "补助", "2020.5.1"],
        ],
    )
    for words in ([], ["--again"], ["--again"], ["--job", "weekly"]):
        assert once(workspace, *words).returncode == 0
    logs = sorted((state(workspace) / "logs").glob("nightly-*"))
    assert len(logs) == 2
    text = (
        logs[-1].read_text(encoding="utf-8") if "consolidate" in logs[-1].name else logs[0].read_text(encoding="utf-8")
    )
    assert "toolkit run --json" in text
    assert "退出码 0" in text
    everything = "".join(path.read_text(encoding="utf-8") for path in (*logs, state(workspace) / "heartbeat.json"))
    for secret in ("欧阳", "张三", card[:17]):
        assert secret not in everything


def test_a_line_that_holds_a_number_of_a_person_is_masked_in_the_log(tmp_path: Path) -> None:
    from toolkit.nightly.logs import RunLog

    card = make_id()
    with RunLog(tmp_path / "run.log") as log:
        log.line(f"ValueError: {card} 13803551234")
    text = (tmp_path / "run.log").read_text(encoding="utf-8")
    assert card not in text
    assert "13803551234" not in text
    assert "ValueError" in text


class Watcher(HTTPServer):
    """A monitoring service that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        watcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                watcher.told.append((self.command, self.path, json.loads(body)["state"] if body else ""))
                self.send_response(200)
                self.end_headers()

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/7f3"


def test_a_monitoring_address_hears_of_start_success_and_failure(workspace: Path) -> None:
    watcher = Watcher()
    thread = threading.Thread(target=watcher.serve_forever, daemon=True)
    thread.start()
    write_config(workspace, health_url=watcher.address)
    assert once(workspace).returncode == 0
    write_config(workspace, health_url=watcher.address + "?key=1", health_method="get")
    (workspace / "workbooks/stations").rename(workspace / "workbooks/away")
    assert once(workspace, "--again").returncode == 13
    watcher.shutdown()
    thread.join()
    watcher.server_close()
    assert watcher.told[:2] == [("POST", "/ping/7f3/start", "started"), ("POST", "/ping/7f3", "succeeded")]
    assert watcher.told[2:4] == [("GET", "/ping/7f3/start?key=1", ""), ("GET", "/ping/7f3/fail?key=1", "")]
    write_config(workspace, health_url=watcher.address)
    (workspace / "workbooks/away").rename(workspace / "workbooks/stations")
    assert once(workspace, "--again").returncode == 0, "a monitoring service that is gone fails no job"
    log = max((state(workspace) / "logs").glob("nightly-*"), key=lambda path: path.stat().st_mtime_ns)
    assert "没能通知监控" in log.read_text(encoding="utf-8")
    assert "7f3" not in log.read_text(encoding="utf-8"), "whoever knows the address can claim success"


def test_a_monitoring_service_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert ping(address, "post", {"state": "started"}, seconds=0.3) is not None


def test_the_due_date_of_an_evening_job_is_today_even_before_its_time(tmp_path: Path) -> None:
    """Last night's is done, tonight's is still to come: `--once` does tonight's, and the timetable finds it done."""
    import time_machine

    from toolkit.nightly.attempt import Outcome
    from toolkit.nightly.loop import SystemClock, World
    from toolkit.nightly.once import run_once

    write_config(tmp_path, consolidate="23:00")
    stop = threading.Event()
    world = World(tmp_path, SystemClock(stop), lambda *_, **__: Outcome(0), lambda _: None, stop, "en")
    with time_machine.travel(datetime(2026, 5, 4, 20), tick=False) as wall:
        assert run_once(world, "consolidate", again=False) == (date(2026, 5, 3), Outcome(0))
        assert run_once(world, "consolidate", again=False) == (date(2026, 5, 4), Outcome(0))
        assert run_once(world, "consolidate", again=False) == (date(2026, 5, 4), None)
        wall.shift(timedelta(hours=3, minutes=30))
        assert run_once(world, "consolidate", again=False) == (date(2026, 5, 4), None)
