"""The house rules that a machine can see."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.config import SCHEMA, template
from toolkit.fields import field_type, type_names
from toolkit.manual import PAGES, codes
from toolkit.messages import LANGUAGES, names, text
from toolkit.rules import rule, rule_names

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "toolkit").rglob("*.py"))


def test_imports_go_down_only() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", sorted(PAGES))
def test_generated_pages_are_current(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == PAGES[page](), "run: make docs"


def test_every_entry_of_the_catalogue_has_both_languages_with_the_same_parameters() -> None:
    for name in names():
        found = {lang: set(re.findall(r"{(\w+)", text(name, lang))) for lang in LANGUAGES}
        assert found["zh"] == found["en"], name


def test_every_code_used_in_the_source_is_in_the_catalogue_and_the_other_way_round() -> None:
    used = set()
    for source in [*SOURCES, *(ROOT / "toolkit" / "ledgers").glob("*.toml")]:
        if "demo" not in source.parts:
            used |= set(re.findall(r"[\"']([EWI]\d{3})[\"']", source.read_text(encoding="utf-8")))
    assert used == set(codes())


def test_every_finding_says_what_it_means_and_what_to_do() -> None:
    for code in codes():
        for part in ("title", "message", "help"):
            assert len(text(f"{code}.{part}", "zh")) >= 2, (code, part)


@pytest.mark.parametrize("name", rule_names())
def test_every_rule_has_a_manual_page_with_examples(name: str) -> None:
    page = rule(name).__doc__ or ""
    assert "FAIL" in page
    assert "PASS" in page
    assert hasattr(rule(name), "check") != hasattr(rule(name), "check_county")


@pytest.mark.parametrize("name", type_names())
def test_every_field_type_has_a_manual_page(name: str) -> None:
    import importlib

    assert len(importlib.import_module(f"toolkit.fields.{name}").__doc__ or "") > 40
    assert field_type(name).storage in ("text", "number", "integer", "date")


def test_every_setting_is_in_the_sample_config_with_its_explanation() -> None:
    sample = (ROOT / "config.ini").read_text(encoding="utf-8")
    for section, keys in SCHEMA.items():
        assert f"[{section}]" in sample
        for key in keys:
            assert re.search(rf"^{key} =", sample, re.MULTILINE), (section, key)
            for lang in LANGUAGES:
                assert text(f"config.keys.{section}.{key}", lang) in sample
                assert text(f"config.keys.{section}.{key}", lang) in template()


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    long = {
        source.name: count
        for source in SOURCES
        if (count := len(source.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_staff_facing_sentences_are_not_written_inline() -> None:
    """Chinese in code is data (words that ledgers hold), never a sentence: no full stop or comma of Chinese between words."""
    sentence = re.compile(r"[\"'][^\"'\n]*[\u4e00-\u9fff]{2,}[，。；！？][\u4e00-\u9fff][^\"'\n]*[\"']")
    for source in SOURCES:
        if "demo" in source.parts:
            continue
        code = re.sub(r'""".*?"""', "", source.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not [
            line
            for line in code.splitlines()
            if sentence.search(line) and "re.compile" not in line and not line.strip().startswith(('r"', 'rb"'))
        ], source
