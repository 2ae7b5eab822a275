"""How a station files its ledgers: which tables share a workbook or a sheet, under which names, in which folders."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from toolkit.demo.naming import NAMES, SHEETS, TITLES, ZERO_WORDS, notes
from toolkit.demo.office import Office
from toolkit.demo.places import Station
from toolkit.demo.render import Table, place
from toolkit.demo.rows import Row
from toolkit.demo.sheet import Sheet


@dataclass(slots=True)
class Book:
    """One workbook: where it goes and what is in it."""

    folder: tuple[str, ...]
    stem: str
    sheets: list[Sheet]
    tables: list[tuple[Sheet, Table]]
    ledgers: tuple[str, ...]
    station: str | None
    remarks: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Mistakes of the file or of a sheet as a whole: (kind, code, sheet or None)."""
    kind: str = "xlsx"
    suffix: str = ".xlsx"
    path: str = ""


def folder_style(rng: random.Random, station: Station) -> str:
    """Return how a station's files are found: by folders, by name, or only by the line 填报单位."""
    if station.level == "市":
        return "own"
    if station.level == "乡镇":
        return rng.choice(("month", "own", "own", "flat"))
    return rng.choices(("month", "own", "town", "flat", "unit"), (26, 30, 24, 13, 7))[0]


def folder_of(station: Station, style: str) -> tuple[tuple[str, ...], str]:
    """Return the folders and the beginning of the file name."""
    town, local = station.township, station.local
    if station.level == "市":
        return ("高平市退役军人服务中心",), ""
    if station.level == "乡镇":
        return {"month": (("2020年12月", town), town), "own": ((town,), f"{town}本级"), "flat": (("月报",), town)}[
            style
        ]
    match style:
        case "month":
            return ("2020年12月", town, local), ""
        case "own":
            return (town, local), ""
        case "town":
            return (town,), local
        case "flat":
            return ("月报",), f"{town}{local}"
        case _:
            return ("邮件附件",), ""


def _stem(rng: random.Random, prefix: str, names: list[str], serial: int, *, bare: bool) -> str:
    name = names[0] if len(names) == 1 else "、".join(n.removesuffix("台账") for n in names[:2]) + "台账"
    if len(names) > 3:
        name = rng.choice(("台账汇总", "2020年各类台账", "服务站台账"))
    if bare:
        return f"附件{1 + serial % 9}：{name}（{serial}）"
    form = rng.choice(
        (
            "{p}{n}",
            "{p}{n}",
            "{p}{n}",
            "{p}2020年{n}",
            "{p}{n}(最终)",
            "附件{k}：{n}（{p}）",
            "{p}{n}2020.12",
            "{p}-{n}",
        )
    )
    if not prefix and ("{p}-" in form or "（{p}）" in form):
        form = "{n}"
    if "2020" in name:
        form = form.replace("2020年", "").replace("2020.12", "")
    return form.format(p=prefix, n=name, k=rng.randint(1, 9))


class Filer:
    """Builds the workbooks of one station."""

    def __init__(self, office: Office, serial: int) -> None:
        self._office = office
        self._rng = office.rng
        style = folder_style(office.rng, office.station)
        self._style = "own" if style == "unit" and "another station's name" in office.flags else style
        self._folder, self._prefix = folder_of(office.station, self._style)
        self._serial = serial
        self._stems: set[str] = set()
        self._number = 0

    def books(self) -> list[Book]:
        """Return the station's workbooks."""
        office, rng = self._office, self._rng
        if self._style == "unit":
            office.layouts = {k: replace(v, meta="one") for k, v in office.layouts.items()}
        apart = {v for k, v in office.flags.items() if k not in ("hidden column", "hidden rows")}
        found = []
        for group in self._bundles(apart):
            ledgers = [x for x in group if x not in office.missing]
            if not ledgers:
                continue
            names = [rng.choice(NAMES[x]) for x in ledgers]
            if ledgers == ["L2"] and office.split in ("halves", "quarters") and rng.random() < 0.7:
                found += [self._book(["L2"], [f"{names[0]}（{part}）"], only=part) for part, _ in office.parts("L2")]
            else:
                found.append(self._book(ledgers, names))
        return found + self._again(found)

    def _again(self, books: list[Book]) -> list[Book]:
        """Return a workbook with the whole year's visits again, sent in December beside the quarters; they count once."""
        office = self._office
        parts = [b for b in books if b.ledgers == ("L2",)]
        clean = not any(r.dirty or r.note for r in office.rows.get("L2", ())) and "L2" not in office.flags.values()
        if len(parts) < 2 or not clean or self._rng.random() < 0.4:
            return []
        office.split = "year"
        return [self._book(["L2"], ["走访慰问台账（全年汇总）"])]

    def _bundles(self, apart: set[str]) -> list[list[str]]:
        rng = self._rng
        here = [x for x in NAMES if x in self._office.layouts]
        if self._office.station.level in ("市", "乡镇") or self._office.station.until:
            return [[x] for x in here]
        shape = rng.choices(("each", "pairs", "pairs2", "all"), (34, 28, 26, 12))[0]
        if shape == "all" and not apart & set(here):
            return [here]
        pairs = {
            "each": [], "all": [], "pairs": [["L3", "L11"], ["L7", "L12"]], "pairs2": [["L4", "L7"], ["L11", "L12"]],
        }[shape]  # fmt: skip
        pairs = [p for p in pairs if not apart & set(p)]
        joined = {x for p in pairs for x in p}
        return [[x] for x in here if x not in joined] + pairs

    def _book(self, ledgers: list[str], names: list[str], only: str | None = None) -> Book:
        office, rng = self._office, self._rng
        stem = _stem(rng, self._prefix, names, self._serial, bare=self._style == "unit")
        while stem in self._stems:
            stem += rng.choice(("2", "（2）", "_新"))
        self._stems.add(stem)
        book = Book(self._folder, stem, [], [], tuple(ledgers), office.station.code)
        stacked = len(ledgers) == 2 and rng.random() < 0.22 and ledgers != ["L1", "L2"]
        for ledger in ledgers:
            parts = [(n, r) for n, r in office.parts(ledger) if only is None or n == only]
            together = office.split == "peaks" or (len(parts) > 1 and office.split == "halves")
            for part, rows in parts:
                table = self.table(ledger, part, rows)
                if (stacked or (ledger == "L2" and together and len(parts) > 1)) and book.sheets:
                    sheet = book.sheets[-1]
                    same = book.tables[-1][1].layout.ledger == ledger or stacked
                    if same:
                        place(sheet, table, sheet.last_row + 1 + rng.randint(1, 3))
                        book.tables.append((sheet, table))
                        continue
                self.add(book, table, self._sheet_name(ledger, part, len(parts), len(ledgers)))
        return book

    def add(self, book: Book, table: Table, name: str) -> Sheet:
        """Add a table to a book on a sheet of its own."""
        taken = {s.name for s in book.sheets}
        while name in taken:
            name = f"{name}2"
        sheet = Sheet(name, theme=table.layout.theme)
        place(sheet, table)
        book.sheets.append(sheet)
        book.tables.append((sheet, table))
        return sheet

    def _sheet_name(self, ledger: str, part: str, parts: int, ledgers: int) -> str:
        if part and parts > 1:
            return part
        if ledgers > 1:
            return SHEETS[ledger]
        return self._rng.choice(("Sheet1", "Sheet1", SHEETS[ledger], f"{SHEETS[ledger]}台账", "2020年", "12月"))

    def table(self, ledger: str, part: str, rows: list[Row], unit_name: str | None = None) -> Table:
        """Return a table of a ledger with the texts around it."""
        office, rng, station = self._office, self._rng, self._office.station
        layout = office.layouts[ledger]
        self._number += 1
        where = station.place if station.level != "市" else "高平市"
        span = f"（2020年{part}）" if part and "走访" not in part and "慰问" not in part else "（2020年度）"
        title = rng.choice(
            (f"{where}{TITLES[ledger]}{span}", f"{where}{TITLES[ledger]}", f"{station.called}{TITLES[ledger]}{span}")
        )
        if part and ("慰问" in part or "走访" in part):
            title = f"{where}{TITLES[ledger]}（2020年{part}）"
        zero = rng.choice(ZERO_WORDS) if not rows and ledger in office.zero - office.empty else ""
        unit = unit_name or rng.choice((station.name, station.called, station.called))
        biggest = max((len(r) for _, r in office.parts(ledger)), default=0)
        wrong = office.wrong_total.get(ledger, "") if len(rows) == biggest else ""
        day = rng.choice(("2020年12月25日", "2020.12.28", "2020年12月20日", "2020-12-30", "2020年12月"))
        return Table(
            layout=layout, rows=rows, title=title, unit_name=unit, filled=day,
            people=(rng.choice(office.staff[1:] or office.staff), station.contact), phone=station.phone, zero=zero, wrong_total=wrong,
            notes=notes(ledger), key=f"{ledger}#{self._number}",
        )  # fmt: skip

    @property
    def place(self) -> tuple[tuple[str, ...], str]:
        """The station's folder and the beginning of its file names."""
        return self._folder, self._prefix
