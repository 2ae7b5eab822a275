"""Mistakes of headings, sheets and files; the clerk who files the workbooks carries most of them out."""

from __future__ import annotations

from dataclasses import replace

from toolkit.demo.headings import mistyped
from toolkit.demo.layouts import NO_WISH, Wish, renamed, with_twin
from toolkit.demo.office import Kind, Office, Plant

CLEARS = frozenset(["ledger not sent", "header without records"])
"""Kinds after which nothing else can be planted in the ledger."""

FILE_KINDS = frozenset(
    ["empty file", "truncated file", "encrypted file", "exact copy", "no spreadsheet inside", "stray document",
     "unknown station", "two stations", "another station's name", "web page named .xls", "workbook named .xls"]
)  # fmt: skip


def _mistyped(ledger: str) -> Kind:
    def apply(office: Office) -> bool:
        layout = office.layouts[ledger]
        for _ in range(20):
            field, header = mistyped(office.rng, ledger)
            if layout.has(field):
                office.layouts[ledger] = renamed(layout, field, header)
                mark = f"heading {field}"
                office.plants.append(Plant("mistyped heading", "W105", ledger, field=field, mark=mark))
                return True
        return False

    needs = {"L1": ("文化程度",), "L2": ("走访反馈",), "L4": ("就业意向",)}[ledger]
    return Kind("mistyped heading", "W105", ledger, apply, Wish(needs=frozenset(needs)))


def _twice(ledger: str) -> Kind:
    def apply(office: Office) -> bool:
        layout = office.layouts[ledger]
        first, second = (
            ("联系电话", "手机号码") if layout.column("联系电话").header != "手机号码" else ("联系电话", "联系方式")
        )
        office.layouts[ledger] = with_twin(layout, first, second)
        group = office.group()
        office.plants += [
            Plant("heading twice", "W106", ledger, field=first, mark=f"{which} {first}", group=group)
            for which in ("last heading", "heading")
        ]
        return True

    return Kind("heading twice", "W106", ledger, apply, Wish(needs=frozenset(["联系电话"])))


def _absent(ledger: str, field: str) -> Kind:
    def apply(office: Office) -> bool:
        if office.layouts[ledger].has(field):
            return False
        group = office.group()
        office.plants += [
            Plant("required column absent", "E103", ledger, field=field, group=group, whole=True),
            Plant("required column absent", "E103", ledger, field=field, group=group, mark="beside header 1"),
            Plant("required column absent", "E103", ledger, field=field, group=group, mark="beside header 2"),
        ]
        return True

    return Kind(f"required column absent: {field}", "E103", ledger, apply, Wish(drop=frozenset([field])))


def _flag(name: str, code: str, ledger: str, wish: Wish = NO_WISH) -> Kind:
    def apply(office: Office) -> bool:
        if name in office.flags:
            return False
        office.flags[name] = ledger
        return True

    return Kind(name, code, ledger, apply, wish)


def _not_sent(ledger: str) -> Kind:
    def apply(office: Office) -> bool:
        office.missing.add(ledger)
        office.plants.append(Plant("ledger not sent", "E403", ledger))
        return True

    return Kind("ledger not sent", "E403", ledger, apply)


def _only_header(office: Office) -> bool:
    office.empty.add("L3")
    office.rows["L3"] = []
    group = office.group()
    office.plants += [
        Plant("header without records", "W109", "L3", group=group, whole=True),
        Plant("header without records", "W109", "L3", group=group, mark="header"),
        Plant("header without records", "W109", "L3", group=group, mark="header end"),
        Plant("ledger not sent", "E403", "L3"),
    ]
    return True


def _extra_column(office: Office) -> bool:
    return any(c.field is None for c in office.layouts["L1"].columns)


def _other_unit(office: Office) -> bool:
    office.layouts["L3"] = replace(office.layouts["L3"], meta="one")
    office.flags["another station's name"] = "L3"
    return True


def sheet_kinds() -> list[Kind]:
    """Return the kinds of this module."""
    by_id = Wish(needs=frozenset(["身份证号"]))
    return [
        _mistyped("L1"),
        _mistyped("L2"),
        _mistyped("L4"),
        _twice("L1"),
        _absent("L1", "民族"),
        _absent("L2", "走访内容"),
        _absent("L3", "帮扶措施"),
        Kind("unknown column", "I104", "L1", _extra_column, Wish(extra=True)),
        _flag("hidden column", "I107", "L1", Wish(hide_column=True)),
        _flag("hidden rows", "I107", "L2"),
        _flag("hidden sheet", "I107", "L4"),
        _flag("instructions sheet", "I112", "L1"),
        _flag("unclear sheet", "I112", "L7"),
        _flag("picture sheet", "W108", "L11"),
        _not_sent("L3"),
        _not_sent("L2"),
        Kind("header without records", "W109", "L3", _only_header),
        _flag("empty file", "E002", "L2"),
        _flag("truncated file", "E001", "L1"),
        _flag("encrypted file", "E003", "L7"),
        _flag("exact copy", "I008", "L4"),
        _flag("no spreadsheet inside", "E004", "L11"),
        _flag("stray document", "I010", "L1"),
        _flag("unknown station", "W020", "L2", by_id),
        _flag("two stations", "E022", "L2", by_id),
        Kind("another station's name", "W021", "L3", _other_unit),
        _flag("web page named .xls", "W007", "L11"),
        _flag("workbook named .xls", "W007", "L4"),
    ]
