"""A small county made by hand: rows, findings and reports, as a run would hand them to the outputs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pyarrow as pa

from toolkit.fields import field_type
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.ledgers.schema import row_schema
from toolkit.model import Finding, Place, Severity
from toolkit.results import FileReport, Results, StationReport
from toolkit.roster import Roster, Station
from toolkit.store.county import open_county

PERIOD = (date(2020, 1, 1), date(2020, 12, 31))
CITY, MACUN, DONG, XI, BEI, BEIXI = (
    "140581000000",
    "140581107000",
    "140581107201",
    "140581107202",
    "140581001000",
    "140581001201",
)
ID = "149999198001010018"
OTHER_ID = "149999197505050026"


def roster(**names: str) -> Roster:
    stations = [
        Station(CITY, "高平市退役军人服务中心", "市"),
        Station(MACUN, names.get("macun", "马村镇退役军人服务站"), "乡镇", CITY),
        Station(DONG, "马村镇东周村退役军人服务站", "村", MACUN),
        Station(XI, "马村镇西周村退役军人服务站", "村", MACUN),
        Station(BEI, "北城街道退役军人服务站", "乡镇", CITY),
        Station(BEIXI, "北城街道建设路社区退役军人服务站", "社区", BEI),
    ]
    return Roster(
        {
            s.code: Station(**{**{f: getattr(s, f) for f in Station.__slots__}, "order": n})
            for n, s in enumerate(stations)
        }
    )


def arrow(ledger_id: str, rows: list[dict[str, Any]]) -> Any:
    """Return rows as the store keeps them. A date is one day, or (first, last)."""
    ledger = load_dictionary().ledgers[ledger_id]
    columns: dict[str, list[Any]] = {entry.name: [] for entry in row_schema(ledger)}
    for number, row in enumerate(rows):
        full: dict[str, Any] = {
            "_file": f"workbooks/stations/{ledger_id}.xlsx", "_sheet": "Sheet1", "_table": 0, "_row": number + 5, "_station": DONG,
            "_person": row.get("身份证号") or "", "_id_failed": False, "_key": "", "_unparsed": "", "_other": "",
        }  # fmt: skip
        for name, value in row.items():
            if name in ledger.fields and field_type(ledger.fields[name].type).storage == "date":
                full[name], full[f"{name}_last"] = value if isinstance(value, tuple) else (value, value)
            else:
                full[name] = json.dumps(value, ensure_ascii=False) if name == "_unparsed" else value
        for name, values in columns.items():
            values.append(full.get(name))
    return pa.table(columns, schema=row_schema(ledger))


def county(
    rows: dict[str, list[dict[str, Any]]], findings: list[Finding] | None = None, statuses: list[tuple[str, str, str]] | None = None, *,
    recency: dict[str, int] | None = None, previous: dict[str, Any] | None = None, name: str = "高平市", names: dict[str, str] | None = None,
) -> Results:  # fmt: skip
    """Return results; ``statuses`` are (station, ledger, status)."""
    dictionary, stations = load_dictionary(), roster(**(names or {}))
    store = open_county(
        {ledger: arrow(ledger, own) for ledger, own in rows.items()}, dictionary, stations, recency or {}, period=PERIOD,
        today=date(2021, 1, 8),
    )
    reports = [
        StationReport(stations.stations[code], ledger, status, None, 0) for code, ledger, status in statuses or []
    ]
    return Results(
        "20210108T200000", "2021-01-08T20:00:00+08:00", "2021-01-08T20:01:00+08:00", name, PERIOD, date(2021, 1, 8), stations, dictionary,
        store, [FileReport("workbooks/stations/L1.xlsx", DONG, "findings", ("L1",), 2, 1, 0, "done")], reports, findings or [],
        previous=previous or {},
    )  # fmt: skip


def missing(
    cell_row: int, column: int = 4, *, file: str = "workbooks/stations/L1.xlsx", field: str = "身份证号", **more: Any
) -> Finding:
    place = Place(more.pop("station", DONG), file, more.pop("sheet", "Sheet1"), cell_row, column)
    return Finding(more.pop("code", "E201"), more.pop("severity", Severity.ERROR), place, more.pop("params", {}), "L1", field, since="2021-01-08",
                   id=f"f{cell_row}-{column}", **more)  # fmt: skip


def visit(**more: Any) -> dict[str, Any]:
    return {"被走访人": "张三", "身份证号": ID, "走访类型": "春节走访", "走访方式": "实地走访", "走访日期": date(2020, 1, 20), "走访人": "李四",
            "走访内容": "慰问", "慰问金": 500.0, **more}  # fmt: skip
