"""`taizhang status`: the state of a workspace on one screen."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from tests.conftest import make_id, save_workbook
from tests.nightly.nightly_samples import make_workspace, taizhang, write_config
from toolkit.store.jobs import JobLedger

NOW = datetime.now().astimezone()


def status(workspace: Path, *words: str) -> str:
    done = taizhang("status", "-C", str(workspace), *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def note(workspace: Path, name: str, due: date, code: int | None, message: str = "", ago: float = 1.0) -> None:
    ledger = JobLedger(workspace / "workbooks/.state")
    began = NOW - timedelta(hours=ago)
    number = ledger.begin(name, due, began)
    if code is not None:
        ledger.end(name, due, number, began + timedelta(seconds=75), code, message)
    ledger.close()


def test_an_empty_workspace_says_what_to_do_next(tmp_path: Path) -> None:
    said = status(make_workspace(tmp_path))
    assert "还没有运行过：taizhang run" in said
    assert "下次" in said


def test_it_tells_runs_trend_jobs_failures_what_comes_next_and_who_has_not_reported(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, weekly="Mon 07:00", retries="0")
    assert taizhang("run", "-C", str(workspace)).returncode == 0
    head = ["姓名", "身份证号", "困难类型", "帮扶措施", "帮扶日期"]
    save_workbook(
        workspace / "workbooks/stations/马村镇/帮扶.xlsx", [head, ["张三", make_id(), "因病", "补助", "2020.5.1"]]
    )
    assert taizhang("run", "-C", str(workspace)).returncode == 0
    (workspace / "workbooks/stations/坏.xlsx").write_bytes(b"")
    assert taizhang("run", "-C", str(workspace)).returncode == 3
    today = NOW.date()
    note(workspace, "consolidate", today - timedelta(days=1), 0, ago=26)
    note(workspace, "consolidate", today, 11, "run: 花名册有 1 处要改")
    said = status(workspace)
    assert len(said.splitlines()) <= 24, "one screen"
    assert "！" in said
    assert "花名册有 1 处要改" in said
    assert "错误  2 → 1 → 2  (=)" in said
    assert "完成（有文件没能用）" in said
    assert "样县退役军人服务中心" in said.partition("还没有报齐的站点")[2]
    shown = json.loads(status(workspace, "--json"))
    jobs = {job["job"]: job for job in shown["jobs"]}
    assert (jobs["consolidate"]["state"], jobs["weekly"]["state"], jobs["remind"]["state"]) == (
        "failed",
        "never",
        "off",
    )
    assert jobs["consolidate"]["last"]["seconds"] == 75
    assert datetime.fromisoformat(jobs["weekly"]["next"]).weekday() == 0
    assert [run["status"] for run in shown["runs"]] == [3, 0, 0], "newest first"
    assert shown["trend"]["errors"] == [2, 1, 2]
    assert [one["status"] for one in shown["failed"]] == [11]
    assert {one["station"] for one in shown["missing"]} == {"1"}


def test_states_of_a_job_as_they_follow_each_other(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, consolidate="00:00")
    today = NOW.date()

    def state() -> str:
        return str(json.loads(status(workspace, "--json"))["jobs"][0]["state"])

    assert state() == "never"
    note(workspace, "consolidate", today - timedelta(days=1), 3, ago=24)
    assert state() == "due"
    note(workspace, "consolidate", today, 13, ago=0.1)
    assert state() == "retrying"
    note(workspace, "consolidate", today, None)
    assert state() == "running"
    write_config(workspace, consolidate="00:00", retries="0")
    note(workspace, "consolidate", today, 3)
    assert state() == "done"


def test_files_that_were_open_and_could_not_be_marked_are_named(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    ledger = workspace / "workbooks/stations/马村镇/帮扶.xlsx"
    ledger.with_name(f"~${ledger.name}").write_bytes(b"\x02" + "王五".encode("gbk").ljust(164, b" "))
    assert taizhang("run", "-C", str(workspace)).returncode == 0
    assert "1 个文件没有标注" in status(workspace)
    assert "马村镇/帮扶.xlsx" in status(workspace)


def test_a_timetable_at_work_is_seen(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (workspace / "workbooks/.state").mkdir()
    with FileLock(workspace / "workbooks/.state/nightly.lock"):
        assert "taizhang nightly 正在工作" in status(workspace)
    assert "也没有在运行" in status(workspace)


def test_half_a_report_does_not_keep_the_rest_from_being_told(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    assert taizhang("run", "-C", str(workspace)).returncode == 0
    (workspace / "workbooks/out/report.json").write_text('{"version"', encoding="utf-8")
    assert "最近的运行" in status(workspace)


def test_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    code = (
        "import sys; sys.argv = ['taizhang', 'status', '-C', sys.argv[1]]\n"
        "from toolkit.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('pandas', 'duckdb', 'openpyxl', 'pyarrow', 'numpy', 'jinja2', 'psutil', 'schedule') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(workspace)], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
