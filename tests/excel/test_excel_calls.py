# ruff: noqa: N802 - methods are called as Excel calls them
"""What would be asked of Excel, on a model of the few things that matter there.

Excel itself cannot be run here. The model knows one thing about it that is easily got wrong: a relative reference in a
condition is read from the active cell, wherever that is, and kept relative to the range the condition is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from toolkit.excel.program.excel import Excel, localised
from toolkit.excel.program.excel_sheets import joined
from toolkit.marking.cells import BLANK, Content
from toolkit.marking.highlights import Spot, rules
from toolkit.model import cell_name, split_cell

_REFERENCE = re.compile(r'(?<![A-Za-z"$])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(])')


@dataclass
class Look:
    """Fill or borders of a condition."""

    values: dict[str, Any] = field(default_factory=dict)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "values":
            object.__setattr__(self, name, value)
        else:
            self.values[name] = value


@dataclass
class Model:
    """A workbook with one sheet in an Excel; ``can_activate``: the sheet is not hidden."""

    active: str = "Z99"
    active_sheet: str = "别的表"
    can_activate: bool = True
    separator: str = ","
    name: str = "帮扶"
    kept: list[tuple[str, str]] = field(default_factory=list)

    # the application
    @property
    def ActiveSheet(self) -> Any:
        return type("Sheet", (), {"Name": self.active_sheet})()

    @property
    def ActiveWorkbook(self) -> Any:
        return type("Book", (), {"Name": "台账.xlsx"})()

    @property
    def ActiveCell(self) -> Any:
        return type("Cell", (), {"Address": "$" + re.sub(r"(\d)", r"$\1", self.active, count=1)})()

    def International(self, _: int) -> str:
        return self.separator

    # the workbook and its sheet, as xlwings wraps them
    @property
    def book(self) -> Any:
        app = type("App", (), {"api": self})()
        return type("Book", (), {"app": app, "name": "台账.xlsx", "api": self})()

    @property
    def api(self) -> Model:
        return self

    def Activate(self) -> None:
        if not self.can_activate:
            raise RuntimeError("the sheet is hidden")
        self.active_sheet = self.name

    def range(self, addresses: str) -> Range:
        assert len(addresses) <= 255, "Excel takes no longer address"
        return Range(self, addresses)


@dataclass
class Range:
    """Cells by address."""

    model: Model
    addresses: str

    @property
    def api(self) -> Range:
        return self

    def Select(self) -> None:
        assert self.model.active_sheet == self.model.name, "only cells of the active sheet can be selected"
        self.model.active = self.addresses

    @property
    def conditional_formats(self) -> Range:
        return self

    def add_custom(self, formula: str, **_: Any) -> Any:
        """Keep the condition as Excel does, told for the first cell of the range; the newest comes first."""
        here, first = split_cell(self.model.active), split_cell(re.split("[,:]", self.addresses)[0])

        def moved(found: re.Match[str]) -> str:
            row, column = split_cell(f"{found[2]}{found[4]}")
            if found[1] and found[3]:
                return found[0]
            return cell_name(row - here[0] + first[0], column - here[1] + first[1])

        pieces = formula.removeprefix("=").split('"')
        told = '"'.join(piece if number % 2 else _REFERENCE.sub(moved, piece) for number, piece in enumerate(pieces))
        self.model.kept.insert(0, (self.addresses, told))
        api = type("Condition", (), {"Interior": Look(), "Borders": Look()})()
        return type("Made", (), {"api": api})()


def spots(*cells: str, content: Content = BLANK, kind: str = "missing") -> dict[tuple[int, int], Spot]:
    return {split_cell(cell): Spot(kind, "E201", content) for cell in cells}


WANTED = rules(spots("C2", "C3", "C4", "E9") | spots("B7", content=Content("text", 'A1"B2'), kind="error"))[0]


def in_a_file(wanted: Any) -> list[tuple[str, str]]:
    """The conditions as the patcher writes them: told for the first cell of each run."""
    return [(rule.sqref, rule.formula) for rule in wanted]


@pytest.mark.parametrize("active", ["A1", "Z99", "XFD1048576"])
def test_conditions_mean_the_same_as_in_files_wherever_the_active_cell_is(active: str) -> None:
    model = Model(active=active)
    Excel().put_rules_on(model, WANTED)
    assert model.kept == in_a_file(WANTED)


def test_on_a_hidden_sheet_every_cell_gets_a_rule_that_depends_on_nothing() -> None:
    model = Model(can_activate=False)
    Excel().put_rules_on(model, WANTED)
    told = dict(model.kept)
    assert set(told) == {"C2", "C3", "C4", "E9", "B7"}
    assert all(f"${cell[0]}${cell[1:]}" in formula for cell, formula in told.items())


def test_fixed_colours_on_many_cells_are_split_into_addresses_that_excel_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.marking.highlights.MAX_RULES", 0)
    wanted = rules(spots(*(f"C{row}" for row in range(2, 400, 2))))[0]
    model = Model()
    Excel().put_rules_on(model, wanted)
    cells = [cell for addresses, _ in model.kept for cell in addresses.split(",")]
    assert sorted(cells) == sorted(f"C{row}" for row in range(2, 400, 2))


def test_another_list_separator_is_spoken_without_touching_texts() -> None:
    formula = 'AND(N("taizhang E1")=0,EXACT($C$2,"a,b""c,d"),LEN($C$2)=3)'
    assert localised(formula, ";") == 'AND(N("taizhang E1")=0;EXACT($C$2;"a,b""c,d");LEN($C$2)=3)'


def test_addresses_are_joined_up_to_the_longest_that_excel_takes() -> None:
    pieces = list(joined(f"A{row}" for row in range(1, 200)))
    assert ",".join(pieces).split(",") == [f"A{row}" for row in range(1, 200)]
    assert max(map(len, pieces)) <= 250
