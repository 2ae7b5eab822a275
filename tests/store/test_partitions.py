"""Rows in partitions by county: only what changed is written anew, and what was damaged is read again."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import save_workbook
from tests.store.two_counties import (
    REGISTER,
    VILLAGES,
    generation,
    made,
    make_two_counties,
    partitions,
    person,
    run,
    run_anew,
)
from toolkit.steps.reopen import NoRunError, reopen
from toolkit.store.rows import RowStore
from toolkit.workers import Compute
from toolkit.workspace import open_workspace


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return make_two_counties(tmp_path / "a")


def test_rows_lie_by_ledger_and_county(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_workbook(county / "workbooks/stations/不知何处/基本信息.xlsx", [REGISTER, person(7)])
    run(county, monkeypatch)
    assert sorted(partitions(county)) == ["L1/1", "L1/2", "L1/_", "L2/1", "L2/2"]
    rows = made(county)["rows"]
    assert {row["_station"] for row in rows["L2/2"]} == {"211", "212"}
    assert [row["_row"] for row in rows["L1/_"]] == [2]


def test_a_change_in_one_county_leaves_the_others_partitions_alone(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(county, monkeypatch)
    before = {name: path.stat().st_ino for name, path in partitions(county).items()}
    save_workbook(county / "workbooks/stations" / VILLAGES[0] / "基本信息.xlsx", [REGISTER, person(0), person(30)])
    run(county, monkeypatch)
    after = {name: path.stat().st_ino for name, path in partitions(county).items()}
    assert {name for name in after if after[name] != before[name]} == {"L1/1"}


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def lose(path: Path) -> None:
    path.unlink()


def blank(path: Path) -> None:
    """What a power cut leaves where the size was written and the content was not."""
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [cut, lose, blank])
@pytest.mark.parametrize("edited", [False, True], ids=["nothing-else", "and-an-edit"])
def test_a_damaged_partition_is_read_again(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: object, *, edited: bool
) -> None:
    run(county, monkeypatch)
    assert callable(damage)
    damage(partitions(county)["L2/2"])
    if edited:
        save_workbook(county / "workbooks/stations" / VILLAGES[2] / "基本信息.xlsx", [REGISTER, person(40)])
    outcome = run(county, monkeypatch)
    assert outcome.parsed == 4 + edited, "only the files that had rows in it"
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


def test_damaged_rows_are_not_taken_for_all_there_are(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(county, monkeypatch)
    workspace = open_workspace(county, "zh")
    assert reopen(workspace).results.rows.query('SELECT count(*) FROM "L1"') == [(12,)]
    cut(partitions(county)["L1/2"])
    with pytest.raises(NoRunError):
        reopen(workspace)
    run(county, monkeypatch)
    assert reopen(workspace).results.rows.query('SELECT count(*) FROM "L1"') == [(12,)]


def test_rows_that_are_gone_altogether_are_read_again(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(county, monkeypatch)
    shutil.rmtree(county / "workbooks/.state/rows" / generation(county))
    assert run(county, monkeypatch).parsed == 12
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


def test_damage_is_mended_also_by_a_run_that_was_asked_for_another_station(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(county, monkeypatch)
    cut(partitions(county)["L1/2"])
    run(county, monkeypatch, only="大周村")
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


def test_what_a_dead_run_left_is_neither_used_nor_kept(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.steps.files._MUCH", 0)
    store = RowStore(county / "workbooks/.state/rows")
    run(county, monkeypatch)
    dead = store.incoming("dead")
    shutil.copyfile(partitions(county)["L1/1"], dead / "L1.1.abc.parquet")
    (dead / "L1.1.abd.parquet.77.tmp").write_bytes(b"PAR1")
    unfinished = partitions(county)["L1/1"].parents[2] / "20200101T000000000000/L1"
    unfinished.mkdir(parents=True)
    save_workbook(county / "workbooks/stations" / VILLAGES[0] / "基本信息.xlsx", [REGISTER, person(0)])
    run(county, monkeypatch)
    assert not dead.exists()
    assert not unfinished.exists()
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_rows_that_workers_write_are_those_that_they_send(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    if engine == "dask":
        pytest.importorskip("distributed")
    wrote: list[object] = []
    kept = RowStore.write
    monkeypatch.setattr(
        RowStore,
        "write",
        lambda self, *given: wrote.append(list((self._folder / "incoming").rglob("*.parquet"))) or kept(self, *given),
    )
    monkeypatch.setattr("toolkit.steps.files._MUCH", 0)
    run(county, monkeypatch, compute=Compute(engine, workers=2))
    assert wrote[0], "the workers wrote their rows down"
    monkeypatch.setattr("toolkit.steps.files._MUCH", 1 << 40)
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


def test_workers_that_do_not_see_the_store_send_their_rows(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.steps.files._MUCH", 0)
    monkeypatch.setattr(RowStore, "incoming", lambda *_: tmp_path / "elsewhere")
    run(county, monkeypatch)
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))


def kill_one(rows: Path, killed: list[int]) -> None:
    """Kill a worker of this process once rows begin to come in."""
    end = time.monotonic() + 100
    while time.monotonic() < end and not killed:
        if any((rows / "incoming").rglob("*.parquet")):
            for child in psutil.Process().children(recursive=True):
                line = " ".join(child.cmdline())
                if "spawn_main" in line or "spawn import" in line:
                    child.send_signal(signal.SIGKILL)
                    killed.append(child.pid)
                    return
        time.sleep(0.005)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_of_a_cluster_killed_amid_a_run_costs_nothing_but_time(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("toolkit.steps.files._FILES_A_TASK", 1)
    killed: list[int] = []
    thread = threading.Thread(target=kill_one, args=(county / "workbooks/.state/rows", killed))
    thread.start()
    run(county, monkeypatch, compute=Compute("dask", workers=2))
    thread.join()
    assert len(killed) == 1
    assert made(county) == made(run_anew(county, tmp_path / "b", monkeypatch))
