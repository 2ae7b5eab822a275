"""What we write is valid: against the schemas of the Open XML SDK, and in what no schema says."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from marking_samples import MARKS, SAMPLES, parts

from tests.conftest import lacking
from tests.fixing.fixing_samples import CARDS, NAMES, ledger
from toolkit.fixing import fix
from toolkit.marking import mark
from toolkit.model import Mark

LONG = [Mark("台账", "C2", "error", "E219", "太长"), Mark("台账", "G9", "info", "I301", "提示" * 900, "建议\n两行")]
NOT_UTF8 = ("utf-16", "gbk")


def errors_of(path: Path) -> set[str]:
    """Return what the validator finds, without positions."""
    try:
        audit: Any = importlib.import_module("openxml_audit")
    except ImportError:
        lacking("openxml-audit is not installed")
    result = audit.OpenXmlValidator().validate(str(path))
    found = {re.sub(r"\[\d+\]", "", str(error)) for error in result.errors}
    return {
        error for error in found if "inline-string cell(s)" not in error
    }  # advice, no error: the strings part stays untouched


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in NOT_UTF8])
def test_marking_brings_no_error_into_a_workbook(name: str, tmp_path: Path) -> None:
    SAMPLES[name](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [*MARKS, *LONG], copy_of="马村镇/a.xlsx")
    assert errors_of(tmp_path / "b.xlsx") - errors_of(tmp_path / "a.xlsx") == set()


def test_the_validator_would_notice(tmp_path: Path) -> None:
    import zipfile

    SAMPLES["openpyxl"](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS)
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as package:
        for part, data in parts(tmp_path / "b.xlsx").items():
            package.writestr(part, data.replace(b'type="expression"', b'type="sometimes"'))
    assert errors_of(tmp_path / "c.xlsx")


def test_corrections_bring_no_error_into_a_workbook(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.xlsx")
    before = errors_of(path)
    fix(path, [*NAMES, *CARDS])
    assert errors_of(path) - before == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_number_of_a_format_exists(name: str, tmp_path: Path) -> None:
    SAMPLES[name](tmp_path / "a.xlsx")
    mark(tmp_path / "a.xlsx", tmp_path / "b.xlsx", MARKS)
    content = {part.replace("\\", "/").lower(): data for part, data in parts(tmp_path / "b.xlsx").items()}
    part = next(part for part in content if part.startswith("xl/styles"))
    styles = etree.fromstring(content[part])
    count = {kind: len(styles.find(f"{{*}}{kind}")) for kind in ("fonts", "fills", "borders", "cellXfs", "dxfs")}
    for kind, length in count.items():
        assert styles.find(f"{{*}}{kind}").get("count", str(length)) == str(length)
    for xf in styles.find("{*}cellXfs"):
        assert int(xf.get("fontId", 0)) < count["fonts"]
        assert int(xf.get("fillId", 0)) < count["fills"]
        assert int(xf.get("borderId", 0)) < count["borders"]
    for part, data in content.items():
        if "worksheets/sheet" in part and part.endswith(".xml"):
            root = etree.fromstring(data)
            assert all(int(cell.get("s", 0)) < count["cellXfs"] for cell in root.iter("{*}c"))
            assert all(int(rule.get("dxfId", 0)) < count["dxfs"] for rule in root.iter("{*}cfRule"))
            numbers = [int(rule.get("priority")) for rule in root.iter("{*}cfRule") if rule.get("priority")]
            assert len(set(numbers)) == len(numbers)
