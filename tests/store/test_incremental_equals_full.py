"""Whatever happens to the stations' files, a run that reads only what changed finds what a run over everything finds."""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.conftest import save_workbook
from tests.store.two_counties import (
    BEGUN,
    REGISTER,
    VILLAGES,
    VISITS,
    made,
    make_two_counties,
    partitions,
    person,
    run,
    run_anew,
    visit,
    write_roster,
)

STEPS = 5


class Walk:
    """Does something to the workspace, at random; each file it touches is the newest."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.stations = folder / "workbooks/stations"
        self._now = BEGUN + 1000
        self._made = 0

    def _pick(self) -> Path | None:
        files = sorted(path for path in self.stations.rglob("*") if path.is_file())
        return self.chance.choice(files) if files else None

    def _touch(self, path: Path) -> None:
        self._now += 1
        os.utime(path, (self._now, self._now))

    def _write(self, path: Path) -> None:
        numbers = [self.chance.randrange(12) for _ in range(self.chance.randrange(5))]
        if "基本" in path.name:
            save_workbook(path, [REGISTER, *(person(n) for n in numbers)])
        else:
            day = self.chance.choice(["2020.1.20", "2020.13.1", "2020.8.1", ""])
            save_workbook(path, [VISITS, *(visit(n, day) for n in numbers)])
        self._touch(path)

    def _name(self) -> Path:
        self._made += 1
        kind = self.chance.choice(["基本信息", "走访慰问"])
        return self.stations / self.chance.choice([*VILLAGES, "不知何处"]) / f"{kind}{self._made}.xlsx"

    def edit(self) -> None:
        if path := self._pick():
            self._write(path)

    def add(self) -> None:
        self._write(self._name())

    def rename(self) -> None:
        if path := self._pick():
            target = self._name()
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)

    def copy(self) -> None:
        if path := self._pick():
            target = path.with_name(f"{path.stem}副本{self._made}.xlsx")
            shutil.copyfile(path, target)
            self._touch(target)

    def delete(self) -> None:
        if path := self._pick():
            path.unlink()

    def damage(self) -> None:
        if path := self._pick():
            os.truncate(path, path.stat().st_size // 2)
            self._touch(path)

    def change_roster(self) -> None:
        write_roster(self.folder, alias=self.chance.choice(["老村", "新村", None]))

    def lose_rows(self) -> None:
        """Not the stations' doing: a partition of ours is cut off."""
        if paths := sorted(partitions(self.folder).values()):
            path = self.chance.choice(paths)
            os.truncate(path, path.stat().st_size // 2)

    def step(self) -> list[str]:
        """Do one to three things; return which."""
        doings = [self.edit, self.edit, self.add, self.rename, self.copy, self.delete, self.damage, self.change_roster,
                  self.lose_rows]  # fmt: skip
        chosen = self.chance.choices(doings, k=self.chance.randint(1, 3))
        for doing in chosen:
            doing()
        return [doing.__name__ for doing in chosen]


@pytest.fixture
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Walk:
    return Walk(make_two_counties(tmp_path / "a"), random.Random(request.param))


@pytest.mark.parametrize("walk", [1, 2], indirect=True)
def test_incremental_equals_full(walk: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(walk.folder, monkeypatch)
    past = []
    for _ in range(STEPS):
        past.append(walk.step())
        run(walk.folder, monkeypatch)
        incremental, full = made(walk.folder), made(run_anew(walk.folder, tmp_path / "b", monkeypatch))
        for part, found in incremental.items():
            assert found == full[part], (part, past)
