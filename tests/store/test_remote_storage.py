"""The stations' files in a bucket: the same as in a folder, also when the storage dies in the middle or never answers."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import save_workbook
from tests.store.two_counties import (
    REGISTER,
    VILLAGES,
    VISITS,
    cells,
    made,
    make_two_counties,
    person,
    run,
    visit,
    write_settings,
)
from toolkit.config import ConfigError, load_config
from toolkit.intake.source import RemoteFolder, SourceError
from toolkit.workers import Compute
from toolkit.workspace import WorkspaceError

if os.environ.get("REQUIRE_ALL") != "1":
    pytest.importorskip("s3fs")
    pytest.importorskip("moto")
import s3fs

KEYS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "very-secret-key", "AWS_DEFAULT_REGION": "us-east-1"}
BUCKET = "ledgers"
URL = f"s3://{BUCKET}/报送/2020"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Storage:
    """A server of the test's own that speaks S3."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def files(self) -> Any:
        return s3fs.S3FileSystem(endpoint_url=self.address, skip_instance_cache=True, use_listings_cache=False)

    def fill(self, folder: Path) -> None:
        """Put what lies in a folder into the bucket."""
        files = self.files()
        if not files.exists(BUCKET):
            files.mkdir(BUCKET)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files.pipe_file(f"{URL}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serving() -> Iterator[Storage]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Storage(port, process)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with serving() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        yield server


def make_remote(folder: Path, storage: Storage, **settings: str) -> Path:
    """Make the two counties with their files in the bucket; there is nothing in the folder itself."""
    make_two_counties(folder)
    storage.fill(folder / "workbooks/stations")
    shutil.rmtree(folder / "workbooks/stations")
    write_settings(folder, paths__stations=URL, **settings)
    return folder


def run_command(folder: Path) -> dict[str, Any]:
    """Run as a person does: in a process of its own, with workers that know the same environment."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def without_place(value: Any, address: str = URL) -> Any:
    """Return a result with the files' paths as they are below the stations' folder."""
    if isinstance(value, dict):
        return {name: without_place(one, address) for name, one in value.items()}
    if isinstance(value, list):
        return [without_place(one, address) for one in value]
    return value.replace(f"{address}/", "workbooks/stations/") if isinstance(value, str) else value


def test_a_bucket_gives_what_a_folder_gives(storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = make_two_counties(tmp_path / "local")
    stations = local / "workbooks/stations"
    shutil.copyfile(stations / VILLAGES[0] / "基本信息.xlsx", stations / VILLAGES[0] / "基本信息 - 副本.xlsx")
    (stations / VILLAGES[1] / "说明 [1]*.txt").write_text("不是台账", encoding="utf-8")
    save_workbook(stations / VILLAGES[1] / "走访慰问[1].xlsx", [VISITS, visit(50)])
    (stations / "~$锁.xlsx").write_bytes(b"lock")
    now = time.time()
    for path in stations.rglob("*.xlsx"):
        os.utime(path, (now - 60, now - 60))
    remote = make_remote(tmp_path / "remote", storage)
    storage.fill(stations)
    run(local, monkeypatch)
    expected = made(local)
    commands = [lambda: run(remote, monkeypatch), lambda: run_command(remote)]
    if importlib.util.find_spec("distributed"):
        commands.append(lambda: run(remote, monkeypatch, compute=Compute("dask", workers=2)))
    for command in commands:
        shutil.rmtree(remote / "workbooks/.state", ignore_errors=True)
        command()
        found = without_place(made(remote))
        for one in (*found["report"]["findings"], *expected["report"]["findings"]):
            if one["ledger"] is None:
                one["id"] = ""  # made of the file's path
        assert found["report"] == expected["report"]
        assert found["rows"] == expected["rows"]
        assert [one["status"] for one in found["report"]["files"]].count("skipped-duplicate") == 1
    assert not (remote / "workbooks/stations").exists()


def test_storage_that_tells_no_hashes_is_told_apart_by_size_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = make_two_counties(tmp_path / "local")
    stations = local / "workbooks/stations"
    shutil.copyfile(stations / VILLAGES[0] / "基本信息.xlsx", stations / VILLAGES[0] / "基本信息 - 副本.xlsx")
    run(local, monkeypatch)
    remote = make_two_counties(tmp_path / "remote")
    shutil.rmtree(remote / "workbooks/stations")
    address = f"file://{stations}"
    write_settings(remote, paths__stations=address)
    run(remote, monkeypatch)
    rows = without_place(made(remote), address)["rows"]
    assert rows == made(local)["rows"]
    assert run(remote, monkeypatch).unchanged
    save_workbook(stations / VILLAGES[0] / "基本信息.xlsx", [REGISTER, person(0), person(30)])
    assert run(remote, monkeypatch).parsed == 2, "the changed one, and what was its copy"
    shutil.rmtree(stations / "东县")
    stations.joinpath("东县").write_text("", encoding="utf-8")
    write_settings(remote, paths__stations=f"{address}/东县/马村镇")
    with pytest.raises(WorkspaceError) as raised:
        run(remote, monkeypatch)
    assert raised.value.status == 13


def test_only_what_changed_in_the_bucket_is_fetched(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = make_remote(tmp_path / "remote", storage)
    assert run(remote, monkeypatch).parsed == 12
    assert run(remote, monkeypatch).unchanged
    changed = save_workbook(tmp_path / "基本信息.xlsx", [REGISTER, person(0), person(30)])
    files = storage.files()
    files.pipe_file(f"{URL}/{VILLAGES[0]}/基本信息.xlsx", changed.read_bytes())
    files.rm(f"{URL}/{VILLAGES[1]}/走访慰问1月.xlsx")
    fetched: list[str] = []
    kept = RemoteFolder._one
    monkeypatch.setattr(RemoteFolder, "_one", lambda self, path: fetched.append(path) or kept(self, path))
    outcome = run(remote, monkeypatch)
    assert outcome.parsed == 1
    assert fetched == [f"{VILLAGES[0]}/基本信息.xlsx"]
    assert len(outcome.report["files"]) == 11


def test_marked_copies_are_made_of_remote_files(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = make_remote(tmp_path / "remote", storage, marks__mode="copy")
    before = {name: info["ETag"] for name, info in storage.files().find(URL, detail=True).items()}
    report = run_command(remote)
    marked = remote / "workbooks/out/marked" / VILLAGES[0] / "走访慰问8月.xlsx"
    assert "问题清单" in cells(marked)
    assert [one["marks"] for one in report["files"] if one["path"].endswith(f"{VILLAGES[0]}/走访慰问8月.xlsx")] == [
        "done"
    ]
    assert {name: info["ETag"] for name, info in storage.files().find(URL, detail=True).items()} == before
    assert run(remote, monkeypatch).unchanged


def test_a_storage_that_dies_in_the_middle_leaves_what_was_read_last(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = make_remote(tmp_path / "remote", storage, run__seconds_per_file="6")
    run(remote, monkeypatch)
    rows = made(remote)["rows"]
    kept = RemoteFolder.reader

    def reader(self: RemoteFolder, prints: Any) -> Any:
        storage.kill()
        return kept(self, prints)

    with monkeypatch.context() as patch:
        patch.setattr(RemoteFolder, "reader", reader)
        outcome = run(remote, monkeypatch, full=True)
    assert outcome.status == 3
    assert {one["status"] for one in outcome.report["files"]} == {"locked"}
    assert [one["code"] for one in outcome.report["findings"]].count("W018") == 12
    assert made(remote)["rows"] == rows, "what was read last stands"


def test_files_come_back_with_the_storage(storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = make_remote(tmp_path / "remote", storage, run__seconds_per_file="6")
    with monkeypatch.context() as patch:
        patch.setattr(RemoteFolder, "_one", lambda *_: SourceError("TimeoutError"))
        assert run(remote, monkeypatch).report["totals"]["rows"] == 0
    outcome = run(remote, monkeypatch)
    assert outcome.parsed == 12, "nothing in the bucket changed, but nothing was read"
    assert outcome.status == 0
    assert "W018" not in {one["code"] for one in outcome.report["findings"]}


def test_a_storage_that_is_gone_changes_nothing(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = make_remote(tmp_path / "remote", storage, run__seconds_per_file="6")
    run(remote, monkeypatch)
    before = made(remote)
    storage.kill()
    with pytest.raises(WorkspaceError) as raised:
        run(remote, monkeypatch)
    assert raised.value.status == 13
    assert URL in raised.value.sentences[0]
    assert made(remote) == before


def test_a_server_that_accepts_and_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    make_two_counties(tmp_path)
    write_settings(tmp_path, paths__stations=URL, run__seconds_per_file="3")
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(WorkspaceError) as raised:
            run(tmp_path, monkeypatch)
        assert held, "it was tried"
    assert raised.value.status == 13
    assert "very-secret-key" not in "".join(raised.value.sentences)


def test_a_bucket_that_is_not_there_is_a_sentence(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_two_counties(tmp_path)
    write_settings(tmp_path, paths__stations="s3://elsewhere/x")
    with pytest.raises(WorkspaceError) as raised:
        run(tmp_path, monkeypatch)
    assert raised.value.status == 11
    assert "s3://elsewhere/x" in raised.value.sentences[0]


def test_a_protocol_that_nobody_knows_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_two_counties(tmp_path)
    write_settings(tmp_path, paths__stations="carrier-pigeon://roof/3")
    with pytest.raises(WorkspaceError) as raised:
        run(tmp_path, monkeypatch)
    assert raised.value.status == 11
    assert "carrier-pigeon" in raised.value.sentences[0]


def problem(folder: Path, **settings: str) -> str:
    write_settings(folder, **settings)
    with pytest.raises(ConfigError) as raised:
        load_config(folder)
    return "".join(raised.value.sentences("zh"))


def test_settings_that_remote_storage_does_not_allow_are_named(tmp_path: Path) -> None:
    said = problem(tmp_path, paths__stations=URL, marks__mode="in-place")
    assert "[marks] mode = in-place" in said
    assert "copy" in said
    said = problem(tmp_path, paths__stations="ftp://clerk:hunter2@files/x")
    assert "[paths] stations" in said
    assert "hunter2" not in said
    assert "[paths] out" in problem(tmp_path, paths__out="s3://bucket/out")
