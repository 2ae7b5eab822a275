"""Requests between macros and program: taken once, read exactly, and nonsense is left alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.excel.exchange import Request, cancelled, claim, decoded, encoded, exchange_folder


def written(path: Path, **changed: str) -> Path:
    values = {"action": "check", "book": "台账 1.xlsx", "window": "12", "toolbox": "", "home": "/箱", "workspace": "", "version": "1",
              "lang": "zh"} | changed  # fmt: skip
    path.write_text("".join(f"{key}={encoded(value)}\n" for key, value in values.items()), encoding="ascii")
    return path


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back(said: str) -> None:
    assert decoded(encoded(said)) == said


def test_a_request_is_taken_by_one_only(tmp_path: Path) -> None:
    path = written(tmp_path / "1.req")
    with ThreadPoolExecutor(8) as pool:
        taken = [request for request in pool.map(lambda _: claim(path), range(8)) if request is not None]
    assert len(taken) == 1
    assert (taken[0].book, taken[0].window, taken[0].home) == ("台账 1.xlsx", 12, "/箱")
    taken[0].answer()
    taken[0].forget()
    assert [one.name for one in tmp_path.iterdir()] == ["1.reply"]


@pytest.mark.parametrize("content", [b"", b"action=zz\n", b"action=0063\n", "动作=1".encode(), b"\xff\xfe\x00"])
def test_nonsense_is_no_request(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1.req"
    path.write_bytes(content)
    assert claim(path) is None


def test_a_language_nobody_knows_is_chinese(tmp_path: Path) -> None:
    request = claim(written(tmp_path / "1.req", lang="fr"))
    assert request is not None
    assert request.lang == "zh"


def test_stop_is_taken_note_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_EXCHANGE", str(tmp_path / "x"))
    assert not cancelled()
    (exchange_folder() / "cancel").touch()
    assert [cancelled(), cancelled()] == [True, False]


def test_an_answer_without_a_file_is_no_fault() -> None:
    Request("check").answer("x")
