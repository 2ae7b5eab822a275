"""The rules across ledgers over 1,000,000 rows of registers and 2,000,000 of other ledgers: seconds, CPU and peak memory, rule by rule.

    python benchmarks/cross.py [--scale 1.0]

The rows are as the store keeps them; one person in five hundred is registered twice, one row in a thousand contradicts another.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.checking.cross import county_rules, cross_findings
from toolkit.fields import field_type
from toolkit.ledgers.dictionary import Dictionary, Ledger, load_dictionary
from toolkit.ledgers.schema import row_schema
from toolkit.roster import Roster, Station
from toolkit.store.county import open_county
from toolkit.store.rows import RowStore

REGISTER = 1_000_000
OTHERS = {"L2": 1_200_000, "L3": 100_000, "L4": 300_000, "L7": 200_000, "L11": 200_000}
STATIONS = 27_000
BEGIN = np.datetime64("2020-01-01")


def stations(count: int) -> Roster:
    """Return a province's worth of stations: 60 villages a township."""
    made: dict[str, Station] = {}
    for number in range(count):
        township = number // 60
        upper = f"T{township:05d}"
        if upper not in made:
            made[upper] = Station(upper, f"第{township}乡退役军人服务站", "乡镇", None, order=len(made))
        made[f"V{number:06d}"] = Station(
            f"V{number:06d}", f"第{township}乡{number}村退役军人服务站", "村", upper, order=len(made)
        )
    return Roster(made)


def numbers(count: int, chance: np.random.Generator) -> pa.Array:
    """Return as many ID numbers, each one somebody's."""
    days = (np.datetime64("1940-01-01") + chance.integers(0, 21_000, count)).astype("datetime64[D]")
    born = pc.strftime(pa.array(days), format="%Y%m%d")
    order = pa.array(np.char.zfill((np.arange(count) % 10_000).astype(str), 4))
    return pc.binary_join_element_wise(pa.scalar("149999"), born, order, pa.scalar(""))


def rows(
    ledger: Ledger,
    count: int,
    people: pa.Array,
    names: pa.Array,
    villages: np.ndarray[Any, Any],
    chance: np.random.Generator,
) -> pa.Table:
    """Return rows of a ledger about some of the people."""
    chosen = chance.integers(0, len(people), count) if ledger.id != "L1" else np.arange(count) % len(people)
    who, name = people.take(pa.array(chosen)), names.take(pa.array(chosen))
    village = pa.array(np.char.add("V", np.char.zfill(villages[chosen].astype(str), 6)))
    data: dict[str, Any] = {
        "_file": pc.binary_join_element_wise(pa.scalar("workbooks/stations/"), village, pa.scalar(f"{ledger.id}.xlsx"), ""),
        "_sheet": pa.array(np.full(count, "Sheet1")), "_table": pa.array(np.zeros(count, np.int32)),
        "_row": pa.array((np.arange(count) % 60 + 4).astype(np.int32)), "_station": village, "_person": who,
        "_id_failed": pa.array(np.zeros(count, bool)), "_key": pc.binary_join_element_wise(who, name, pa.array(np.arange(count).astype(str)), "|"),
        "_unparsed": pa.array(np.full(count, "")), "_other": pa.array(np.full(count, "")),
    }  # fmt: skip
    for spec in ledger.fields.values():
        storage = field_type(spec.type).storage
        if spec.name == ledger.person:
            data[spec.name] = name
        elif spec.name == ledger.id_field:
            data[spec.name] = who
        elif storage == "date" and spec.name in (ledger.date, "出生日期", "入伍时间", "退役时间"):
            day = BEGIN + (
                chance.integers(0, 360, count) if spec.name == ledger.date else -chance.integers(4_000, 15_000, count)
            )
            data[spec.name] = data[f"{spec.name}_last"] = pa.array(day.astype("datetime64[D]"))
        elif spec.codes is not None:
            values = np.array(spec.codes.values)
            data[spec.name] = pa.array(values[chance.integers(0, len(values), count)])
        elif spec.type == "yes_no":
            data[spec.name] = pa.array(np.where(chance.random(count) < 0.3, "是", "否"))
    if ledger.id == "L1":
        data["人员标签"] = pa.array(np.where(chance.random(count) < 0.001, "重点人员", None))
        data["政治面貌"] = pa.array(np.where(chance.random(count) < 0.999, "中共党员", "群众"))
    schema = row_schema(ledger)
    return pa.table(
        [data[entry.name].cast(entry.type) if entry.name in data else pa.nulls(count, entry.type) for entry in schema],
        schema=schema,
    )


def make(dictionary: Dictionary, scale: float) -> dict[str, pa.Table]:
    chance = np.random.default_rng(7)
    count = int(REGISTER * scale)
    people = numbers(count - count // 500, chance)
    syllables = np.array(list("王李张刘陈杨赵黄周吴建国志强秀英桂兰玉梅永红卫东海军"))
    parts = [pa.array(syllables[chance.integers(0, len(syllables), len(people))]) for _ in range(3)]
    names = pc.binary_join_element_wise(*parts, "")
    villages = np.sort(chance.integers(0, int(STATIONS * scale) or 1, len(people)))
    wanted = {"L1": count} | {ledger: int(number * scale) for ledger, number in OTHERS.items()}
    return {
        name: rows(dictionary.ledgers[name], number, people, names, villages, chance) for name, number in wanted.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rows", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.rows:
        measure(given.rows, given.scale)
        return
    with tempfile.TemporaryDirectory() as folder:
        store = RowStore(Path(folder))
        for name, table in make(load_dictionary(), given.scale).items():
            store.write("made", (name, "_"), table)
        subprocess.run([sys.executable, __file__, "--rows", folder, "--scale", str(given.scale)], check=True)


def measure(folder: Path, scale: float) -> None:
    """Read the rows and run the rules, in a process that has done nothing else."""
    dictionary = load_dictionary()
    begun, cpu = time.perf_counter(), time.process_time()
    store = RowStore(folder)
    tables = {name: path for name in dictionary.ledgers if (path := store.find("made", name))}
    period = date(2020, 1, 1), date(2020, 12, 31)
    county = open_county(
        tables, dictionary, stations(int(STATIONS * scale) or 1), {}, period=period, today=date(2021, 1, 8)
    )
    opened = time.perf_counter() - begun
    counts = {name: county.query(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}
    laps: list[float] = []
    found = sum(1 for _ in cross_findings(county, {}, dictionary, lambda: laps.append(time.perf_counter())))
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of whoever started this process
    peak = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    print(f"{sum(counts.values()):,} rows ({counts['L1']:,} of registers): {wall:.1f} s, {used:.1f} s CPU, {found:,} findings, "
          f"{peak:.0f} MB at most")  # fmt: skip
    print(f"{opened:8.2f} s  putting in order, counting once")
    before = begun + opened
    for (ledger, name, _), lap in zip(county_rules(dictionary), laps, strict=True):
        if lap - before > 0.05:
            print(f"{lap - before:8.2f} s  {ledger.id} {name}")
        before = lap


if __name__ == "__main__":
    main()
