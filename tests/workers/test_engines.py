"""Serial, a pool of processes and a Dask cluster: the same rows, findings and workbooks, whatever happens to a worker."""

import json
import os
import re
import shutil
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit.config import load_config
from toolkit.demo import make_county
from toolkit.pipeline import Options, run_pipeline
from toolkit.scaffold import make_demo_workspace
from toolkit.screen import Silent
from toolkit.store.rows import RowStore
from toolkit.store.state import State
from toolkit.workers import Compute, EngineError, run_batches
from toolkit.workspace import WorkspaceError, open_workspace

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    make_demo_workspace(folder)
    make_county(folder, stations=12, processes=1)
    settings = folder / "config.ini"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("mode = in-place", "mode = copy"), encoding="utf-8"
    )
    return folder


def run_with(folder: Path, monkeypatch: pytest.MonkeyPatch, compute: Compute) -> dict[str, Any]:
    """Run over the county with an engine; return everything it made, without times."""
    monkeypatch.setattr("toolkit.steps.files.compute_of", lambda _: compute)
    for left in ("out", ".state"):
        shutil.rmtree(folder / "workbooks" / left, ignore_errors=True)
    workspace = open_workspace(folder, "zh")
    outcome = run_pipeline(workspace, Options(full=True), Silent())
    state = State(workspace.config.path("state"))
    store = RowStore(workspace.config.path("state") / "rows")
    rows = {ledger: store.read(state.get("generation"), ledger) for ledger in workspace.dictionary.ledgers}
    state.close()
    report = {key: value for key, value in outcome.report.items() if key != "run"}
    return {
        "report": json.loads(json.dumps(report)) | {"totals": report["totals"] | {"fixed": 0}},
        "rows": {ledger: table.to_pylist() for ledger, table in rows.items() if table is not None},
        "books": {name: parts_of(outcome.outputs[name]) for name in ("consolidated", "summary")},
    }


def parts_of(path: Path) -> dict[str, bytes]:
    """Return the parts of a workbook, its times left out."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return {name: re.sub(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?", b"", data) for name, data in parts.items()}


def test_every_engine_makes_the_same(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serial = run_with(county, monkeypatch, Compute("serial"))
    for compute in (Compute("local", workers=2), Compute("dask", workers=2)):
        made = run_with(county, monkeypatch, compute)
        assert made["rows"] == serial["rows"], compute
        assert made["report"] == serial["report"], compute
        assert {name: sorted(parts) for name, parts in made["books"].items()} == {
            name: sorted(p) for name, p in serial["books"].items()
        }
        for name, parts in made["books"].items():
            assert [part for part, data in parts.items() if data != serial["books"][name][part]] == [], (compute, name)


STARTED: list[Path] = []


def prepare(folder: Path) -> None:
    """Remember where this process is to note what it does."""
    STARTED[:] = [folder]


def note(batch: list[int]) -> list[int]:
    """Note the process and take a moment; 13 kills its process, 17 never ends."""
    (STARTED[0] / f"{os.getpid()}.pid").touch()
    if 13 in batch:
        os._exit(9)
    if 17 in batch:
        time.sleep(600)
    time.sleep(0.3)
    return batch


def lost(item: int, reason: str, _: dict[str, Any]) -> list[str]:
    return [f"{item}{reason}"]


def results(folder: Path, compute: Compute, batches: list[list[int]]) -> list[str]:
    found = run_batches(
        f"{__name__}:note", batches, initializer=f"{__name__}:prepare", argument=folder, lost=lost, compute=compute
    )
    return sorted(str(one) for _, batch in found for one in batch)


ENGINES = [Compute("local", workers=2, seconds=8), Compute("dask", workers=2, seconds=8)]


@pytest.mark.parametrize("compute", ENGINES, ids=["local", "dask"])
def test_an_item_that_kills_its_worker_costs_itself(tmp_path: Path, compute: Compute) -> None:
    found = results(tmp_path, compute, [[1, 2], [12, 13, 14], [3, 4]])
    assert found == sorted(["1", "2", "3", "4", "12", "13@crashed", "14"])


@pytest.mark.parametrize("compute", ENGINES, ids=["local", "dask"])
def test_an_item_that_never_ends_costs_itself(tmp_path: Path, compute: Compute) -> None:
    found = results(tmp_path, compute, [[1, 2], [17]])
    assert [one.partition("@")[0] for one in found] == ["1", "17", "2"]


def killer(folder: Path) -> Iterator[int]:
    """Kill the first worker that shows itself."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := sorted(folder.glob("*.pid")):
            os.kill(int(found[0].stem), signal.SIGKILL)
            yield int(found[0].stem)
            return
        time.sleep(0.02)


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(tmp_path: Path) -> None:
    killed: list[int] = []
    thread = threading.Thread(target=lambda: killed.extend(killer(tmp_path)))
    thread.start()
    found = results(tmp_path, Compute("dask", workers=2, seconds=30), [[n, n + 1] for n in range(20, 40, 2)])
    thread.join()
    assert len(killed) == 1
    assert found == [str(n) for n in range(20, 40)]


def test_a_cluster_that_cannot_be_reached_is_a_sentence(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.workers.cluster._PATIENCE", 1)
    with pytest.raises(WorkspaceError) as raised:
        run_with(county, monkeypatch, Compute("dask", cluster="tcp://127.0.0.1:9"))
    assert raised.value.status == 11
    assert "127.0.0.1:9" in raised.value.sentences[0]


def test_workers_of_another_version_are_refused(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=40) as cluster,
        Client(cluster) as client,
    ):
        client.run(
            exec,
            "import toolkit.workers.version as v; v.code_version.cache_clear(); v.Path = lambda *_: __import__('pathlib').Path('/nowhere/a/b')",
        )
        with pytest.raises(EngineError) as raised:
            results(tmp_path, Compute("dask", cluster=cluster.scheduler_address), [[1]])
    assert raised.value.name == "engine.other_version"


def test_the_settings_name_the_engine(county: Path) -> None:
    assert load_config(county).values["run"]["engine"] == "local"
