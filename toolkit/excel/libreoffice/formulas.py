"""Formulas in Excel's grammar, for a program with its own: LibreOffice parses and prints both."""

from __future__ import annotations

from typing import Any

from toolkit.excel.libreoffice.office import uno

_CALC, _EXCEL = 0, 3


class Grammar:
    """Translates formulas of one document."""

    def __init__(self, document: Any) -> None:
        self._parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        self._parser.CompileEnglish = True
        self._at = uno().createUnoStruct("com.sun.star.table.CellAddress")

    def to_calc(self, formula: str) -> str:
        """Return ``=SUM(A1,'x y'!B2)`` as Calc's own English grammar writes it."""
        return "=" + self._translated(formula, _EXCEL, _CALC)

    def to_excel(self, formula: str) -> str:
        """Return a formula of Calc's as Excel writes it."""
        return "=" + self._translated(formula, _CALC, _EXCEL)

    def _translated(self, formula: str, source: int, target: int) -> str:
        self._parser.FormulaConvention = source
        tokens = self._parser.parseFormula(formula.removeprefix("="), self._at)
        self._parser.FormulaConvention = target
        return str(self._parser.printFormula(tokens, self._at))
