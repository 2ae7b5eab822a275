"""The timetable as a service: units that systemd accepts, a task that fits its schema, and files that come and go as told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from tests.conftest import needs
from tests.nightly.nightly_samples import make_workspace, taizhang, write_config
from toolkit.config import load_config
from toolkit.nightly.plan import missed
from toolkit.nightly.service import service_for
from toolkit.nightly.windows_task import task_xml

ENTRIES = {
    "consolidate": "02:30",
    "remind": "Mon-Fri 09:00",
    "weekly": "周一 07:00",
    "monthly": "1 15 last 18:00",
    "quarterly": "quarter 1 07:00",
}
NAMES = ["plain", "退役军人 %h $HOME {odd}", 'a "b" \\x', "it's"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="systemd")


@linux
@pytest.mark.parametrize("system", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_systemd_accepts_the_units_whatever_the_folders_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, system: bool
) -> None:
    program = needs("systemd-analyze")
    folder = tmp_path / name
    write_config(folder, **ENTRIES)
    interpreter = folder / "python"
    interpreter.symlink_to(sys.executable)
    monkeypatch.setattr(
        sys, "executable", str(interpreter)
    )  # systemd says so when the program is not where the unit has it
    service = service_for(load_config(folder), kind="systemd", system=system)
    units = tmp_path / "units"
    units.mkdir()
    for path, content in service.files.items():
        (units / path.name).write_text(content, encoding="utf-8")

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, "verify", *map(str, sorted(units.iterdir()))], capture_output=True, text=True)

    assert (verify().returncode, verify().stderr) == (0, "")
    if not set(name) & set("\"'\\"):  # those are started by env(1)
        interpreter.unlink()
        assert verify().returncode != 0, "the check looks at the program"
    timer = next(content for path, content in service.files.items() if path.suffix == ".timer")
    assert "Persistent=true" in timer
    assert timer.count("OnCalendar=") == 7
    unit = next(content for path, content in service.files.items() if path.suffix == ".service")
    assert ("User=" in unit, "RequiresMountsFor=" in unit) == (system, system)


@pytest.mark.parametrize("system", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_windows_task_fits_its_schema(tmp_path: Path, name: str, system: bool) -> None:
    """The schema is made by hand after the public description of the format: order, names and values of what is used."""
    schema = etree.XMLSchema(file=str(Path(__file__).with_name("task.xsd")))
    write_config(tmp_path / name, **ENTRIES)
    xml = task_xml("taizhang-nightly-1", load_config(tmp_path / name), system=system)
    task = etree.fromstring(xml)
    schema.assertValid(task)
    inside = {"t": task.nsmap[None]}
    settings = {one.tag.rpartition("}")[2]: one.text for one in task.find("t:Settings", inside)}
    assert settings["StartWhenAvailable"] == "true", "the Task Scheduler's own choice is not to catch up"
    assert settings["MultipleInstancesPolicy"] == "IgnoreNew"
    assert settings["ExecutionTimeLimit"].startswith("PT")
    assert settings["ExecutionTimeLimit"] != "PT72H"
    assert str(tmp_path / name).replace('"', '\\"') in task.findtext("t:Actions/t:Exec/t:Arguments", namespaces=inside)
    starts = [one.text.partition("T")[2] for one in task.iterfind(".//t:StartBoundary", inside)]
    assert starts == ["02:30:00", "09:00:00", "07:00:00", "18:00:00", "18:00:00", "07:00:00", "00:07:00"]
    for wrong in (("<Enabled>true</Enabled>", ""), ("IgnoreNew", "Ignore"), ("<Day>15</Day>", "<Day>32</Day>")):
        spoilt = etree.fromstring(xml.replace(wrong[0], wrong[1] or "<Enabled/>"))
        assert not schema.validate(spoilt), "the schema can say no"


def test_the_dry_run_shows_what_would_be_written_and_writes_nothing(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    home = tmp_path / "home"
    home.mkdir()
    for kind, sign in (
        ("systemd", "OnCalendar=*-*-* 02:30:00"),
        ("windows", "<StartWhenAvailable>true</StartWhenAvailable>"),
    ):
        done = taizhang(
            "service", "install", "-C", str(workspace), "--kind", kind, "--user", "--dry-run", env={**os.environ, "HOME": str(home)}
        )  # fmt: skip
        assert done.returncode == 0
        assert sign in done.stdout
        assert "会运行" in done.stdout
    assert list(home.rglob("*")) == []
    assert not (workspace / "workbooks/.state").exists()


@linux
def test_installing_writes_units_that_removing_takes_away(tmp_path: Path) -> None:
    """Here no systemd may be running: then it is said what could not be loaded, and the files are there all the same."""
    needs("systemctl")
    workspace = make_workspace(tmp_path / "w", weekly="Mon 07:00")
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": "",
        "XDG_RUNTIME_DIR": str(tmp_path / "none"),
    }

    def service(*words: str) -> subprocess.CompletedProcess[str]:
        return taizhang("service", *words, "-C", str(workspace), env=environment)

    assert "没有装系统服务" in service("status").stdout
    installed = service("install", "--user")
    assert installed.returncode in (0, 3)
    assert (installed.returncode == 3) == ("没能运行 systemctl --user" in installed.stderr)
    units = sorted((tmp_path / "home/.config/systemd/user").glob("taizhang-nightly-*"))
    assert [unit.suffix for unit in units] == [".service", ".timer"]
    assert "已安装" in service("status").stdout
    shown = json.loads(taizhang("status", "-C", str(workspace), "--json", env=environment).stdout)
    assert shown["service"]["current"] is True
    config = workspace / "config.ini"
    config.write_text(
        config.read_text(encoding="utf-8").replace("weekly = Mon 07:00", "weekly = Tue 07:00"), encoding="utf-8"
    )
    assert "再运行一次" in service("status").stdout, "the units are those of other times"
    removed = service("remove")
    assert removed.returncode in (0, 3)
    assert not any(unit.exists() for unit in units)
    assert "没有装系统服务" in service("remove").stdout


def test_what_was_due_before_the_service_was_installed_is_not_caught_up(tmp_path: Path) -> None:
    from datetime import datetime, timedelta

    from toolkit.nightly.service import _note_beginning

    config = load_config(make_workspace(tmp_path / "w", consolidate="02:30"))
    _note_beginning(config)
    now = datetime.now().astimezone()
    assert missed(config, now) == []
    assert [job for job, _ in missed(config, now + timedelta(days=1, minutes=1))] == ["consolidate"]


@linux
def test_where_units_cannot_be_written_it_is_said_what_to_do(tmp_path: Path) -> None:
    needs("systemctl")
    (tmp_path / "config").write_text("a file where a folder should be", encoding="utf-8")
    done = taizhang(
        "service", "install", "-C", str(make_workspace(tmp_path / "w")), "--user", env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    )  # fmt: skip
    assert (done.returncode, "没有权限写" in done.stderr) == (11, True)


def test_the_kind_that_this_system_does_not_have_is_only_shown(tmp_path: Path) -> None:
    other = "systemd" if os.name == "nt" else "windows"
    done = taizhang("service", "install", "-C", str(make_workspace(tmp_path / "w")), "--kind", other)
    assert (done.returncode, "--dry-run" in done.stderr) == (2, True)
