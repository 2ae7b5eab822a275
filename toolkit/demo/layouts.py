"""How a station lays out a ledger: which columns, in which order, under which headings, with which trimmings.

Everything here is a small declared choice; a layout is the sum of some twenty of them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from toolkit.demo import definitions
from toolkit.demo.columns import ALWAYS, AMOUNTS, DAYS, EXTRA_COLUMNS, GROUPS, MONTHS, OFTEN, WIDTHS
from toolkit.demo.headings import spell
from toolkit.demo.places import Station


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it holds (None: one the dictionary does not know), its heading, and how values look."""

    field: str | None
    header: str
    style: str
    width: float
    groups: tuple[str, ...] = ()
    """Headings above it, outermost first."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of one station's ledger."""

    ledger: str
    columns: tuple[Column, ...]
    titled: bool
    meta: str
    """one (a line in one cell), split (three cells), none."""
    unit: str
    """What amounts are in: 元 or 万元."""
    unit_in: str
    """Where it says so: meta, header, or nowhere."""
    page: int
    """Rows on a printed page, after which the header is repeated; 0: never."""
    subtotal: int
    """Rows after which there is a subtotal; 0: never."""
    total: str
    """none, value, formula."""
    gap: int
    """Rows after which a row is left blank; 0: never."""
    spare: int
    """Numbered empty rows after the data."""
    notes: bool
    signed: bool
    merge_place: bool
    theme: str
    indent: int
    """Blank columns to the left of the table."""

    def has(self, field: str) -> bool:
        """Tell whether the layout has a column for a field."""
        return any(c.field == field for c in self.columns)

    def column(self, field: str) -> Column:
        """Return the column of a field."""
        return next(c for c in self.columns if c.field == field)

    @property
    def levels(self) -> int:
        """How many rows the header takes."""
        return 1 + max(len(c.groups) for c in self.columns)


@dataclass(frozen=True, slots=True)
class Wish:
    """What planted mistakes ask of a layout."""

    needs: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    extra: bool = False
    """A column the dictionary does not know."""
    no_total: bool = False
    want_total: bool = False
    hide_column: bool = False


NO_WISH = Wish()


def make_layout(rng: random.Random, station: Station, ledger: str, wish: Wish) -> Layout:
    """Return the layout one station uses for one ledger."""
    level = "乡镇" if station.level == "乡镇" else station.level
    names = _choose(rng, ledger, level, wish)
    depth = rng.choices((1, 2, 3), (60, 33, 7))[0] if ledger in GROUPS else 1
    wan = ledger in ("L2", "L3", "L11") and rng.random() < 0.05 and not wish.no_total
    unit = "万元" if wan else "元"
    meta = rng.choices(("one", "split", "none"), (62, 23, 15))[0]
    unit_in = rng.choice(("meta", "meta", "header", "header", "nowhere"))
    if not any(definitions.ledger(ledger).fields[n].type == "amount" for n in names):
        unit_in = "nowhere"
    if meta == "none" and unit_in == "meta":
        unit_in = "header"
    if unit == "万元" and unit_in == "nowhere":
        unit_in = "header"
    grouped = _group(rng, ledger, names, depth)
    months = rng.choices(MONTHS, (26, 10, 10, 22, 14, 6, 8, 4))[0]
    days = rng.choices(DAYS, (34, 18, 14, 16, 6, 6, 6))[0]
    if ledger == "L1" and rng.random() < 0.04:
        months = "serial"
    columns = []
    hide = (
        rng.choice([n for n, _ in grouped[3:] if n not in ALWAYS[ledger]] or [grouped[-1][0]])
        if wish.hide_column
        else ""
    )
    for name, groups in grouped:
        style = _style(ledger, name, months, days, unit)
        header = _heading(rng, ledger, name, groups, unit if unit_in == "header" else "")
        columns.append(Column(name, header, style, WIDTHS.get(name, 11.0), groups, name == hide))
    if wish.extra or rng.random() < 0.03:
        at = rng.randint(min(4, len(columns)), len(columns))
        before = columns[at - 1].groups if at < len(columns) and columns[at - 1].groups == columns[at].groups else ()
        columns.insert(at, Column(None, rng.choice(EXTRA_COLUMNS), "text", 10.0, before))
    summed = any(n in definitions.ledger(ledger).sums for n in names)
    total = rng.choice(("none", "value", "value", "formula")) if summed and not wish.no_total else "none"
    if wish.want_total and summed:
        total = "value"
    return Layout(
        ledger=ledger,
        columns=tuple(columns),
        titled=rng.random() < 0.93,
        meta=meta,
        unit=unit,
        unit_in=unit_in,
        page=rng.choice((20, 25, 30)) if rng.random() < 0.1 else 0,
        subtotal=rng.choice((10, 15)) if total != "none" and rng.random() < 0.15 else 0,
        total=total,
        gap=rng.choice((5, 10)) if rng.random() < 0.06 else 0,
        spare=rng.randint(2, 9) if rng.random() < 0.25 else 0,
        notes=rng.random() < 0.3,
        signed=rng.random() < 0.6,
        merge_place=rng.random() < 0.6,
        theme=rng.choice(("plain", "plain", "plain", "song", "song", "fang", "blue", "grey", "bare")),
        indent=1 if rng.random() < 0.04 else 0,
    )


def renamed(layout: Layout, field: str, header: str) -> Layout:
    """Return the layout with another heading over a field."""
    columns = tuple(replace(c, header=header) if c.field == field else c for c in layout.columns)
    return replace(layout, columns=columns)


def with_twin(layout: Layout, field: str, header: str) -> Layout:
    """Return the layout with a second column of a field's meaning at the end; it holds the same values."""
    twin = replace(layout.column(field), header=header, groups=())
    return replace(layout, columns=(*layout.columns, twin))


def _choose(rng: random.Random, ledger: str, level: str, wish: Wish) -> list[str]:
    always = ALWAYS[ledger]
    order = list(definitions.ledger(ledger).fields)
    often = OFTEN[ledger]
    full = rng.random() < 0.12
    chosen = {n for n, chance in often.items() if full or rng.random() < chance} | set(always) | wish.needs
    if ledger == "L2" and level not in ("市", "乡镇") and "身份证号" not in wish.needs and rng.random() < 0.16:
        chosen = chosen - {"身份证号"} | {"联系电话"}
    if ledger in ("L2", "L11"):
        chosen = chosen | {"所属镇村"} if level in ("市", "乡镇") else chosen - {"所属镇村"}
    if ledger == "L11" and level not in ("市", "乡镇") and "身份证号" not in wish.needs and rng.random() < 0.2:
        chosen -= {"身份证号"}
    if ledger == "L12":
        seven, four = definitions_of_stations()
        chosen -= set(four) if level in ("市", "乡镇") else set(seven)
        if level == "市":
            chosen -= set(seven)
    names = [n for n in order if n in chosen - wish.drop]
    if rng.random() < 0.15:  # an office that never saw the common form
        head, rest = names[:3], names[3:]
        rng.shuffle(rest)
        return head + rest
    if rng.random() < 0.3 and len(names) > 6:
        at = rng.randint(3, len(names) - 2)
        names[at], names[at + 1] = names[at + 1], names[at]
    return names


def definitions_of_stations() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the seven township marks and the four village marks."""
    from toolkit.demo.standing import FOUR, SEVEN

    return SEVEN, FOUR


def _group(rng: random.Random, ledger: str, names: list[str], depth: int) -> list[tuple[str, tuple[str, ...]]]:
    """Return the fields in order with the headings above them; a group's fields stand together."""
    if depth == 1:
        return [(n, ()) for n in names]
    found: list[tuple[str, tuple[str, ...]]] = []
    done: set[str] = set()
    top = rng.choice(("详细情况", "有关情况", "登记内容"))
    for name in names:
        if name in done:
            continue
        title, members = next(((t, m) for t, m in GROUPS[ledger] if name in m), ("", ()))
        together = [n for n in names if n in members]
        if len(together) < 2:
            together, title = [name], ""
        done.update(together)
        found += [(n, (title,) if title else ()) for n in together]
    if depth == 3:
        first = next((i for i, (_, g) in enumerate(found) if g), 0)
        last = max((i for i, (_, g) in enumerate(found) if g), default=0)
        found = [(n, (top, *g)) if first <= i <= last and found[first][1] else (n, g) for i, (n, g) in enumerate(found)]
    return found


def _heading(rng: random.Random, ledger: str, name: str, groups: tuple[str, ...], unit: str) -> str:
    said = definitions.ledger(ledger).fields[name].headings
    text = rng.choice(said) if said and rng.random() < 0.38 else name
    if "就业情况" in groups and name in ("单位名称", "岗位类型") and rng.random() < 0.7:
        text = {"单位名称": "单位", "岗位类型": "岗位"}[name]
    if name in AMOUNTS and unit:
        text += rng.choice((f"（{unit}）", f"({unit})"))
    elif name == "个人年收入" and "万" not in text:
        text += rng.choice(("", "（元）"))
    return spell(rng, text)


def _style(ledger: str, name: str, months: str, days: str, unit: str) -> str:
    kind = definitions.ledger(ledger).fields[name].type
    if kind == "date":
        return months if name in ("出生日期", "入伍时间", "退役时间", "入党时间", "组织关系转入时间") else days
    if name in AMOUNTS:
        return "wan" if unit == "万元" else "money"
    return {"amount": "money", "integer": "int", "number": "int", "serial": "int", "text": "left"}.get(kind, "text")
