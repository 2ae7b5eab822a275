"""A page begins, is found again, and ends: by its button, by a signal, when killed, when nobody uses it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from page_clicks import Clerk
from test_page_workbooks import ledger

from toolkit.page.jobs import Wanted
from toolkit.page.serve import _watch
from toolkit.page.settings import Limits
from toolkit.page.state import Page


def test_files_named_on_the_command_line_are_checked_when_the_page_shows(
    open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path
) -> None:
    (tmp_path / "文件夹").mkdir()
    one, two = ledger(tmp_path / "解困 帮扶&(1).xlsx"), ledger(tmp_path / "文件夹" / "第二本.xlsx")
    opened = open_page(tmp_path, str(one), str(two.parent))
    clerk.go(opened.url)
    clerk.wait(lambda: clerk.text_of("#cards").count("错误 4 处") == 2)
    assert "“帮扶措施”没有填" in clerk.card("解困 帮扶&(1).xlsx").text
    assert clerk.card("第二本.xlsx")


def test_a_folder_with_more_than_it_takes_is_said_once(
    open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path
) -> None:
    (tmp_path / "config.ini").write_text("[page]\nfiles = 2\n", encoding="utf-8")
    for number in range(5):
        ledger(tmp_path / "文件夹" / f"第{number}本.xlsx")
    clerk.go(open_page(tmp_path, str(tmp_path / "文件夹")).url)
    clerk.wait(lambda: clerk.text_of("#cards").count("错误 4 处") == 2)
    assert clerk.text_of("#refusals").splitlines() == ["已经放了 2 个文件，没有再读“第2本.xlsx”。请先移除一些"]


def test_opening_twice_goes_on_in_the_page_that_is_there(
    open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path, environment: dict[str, str]
) -> None:
    first = open_page(tmp_path)
    clerk.go(first.url)
    second = open_page(tmp_path, str(ledger(tmp_path / "解困帮扶.xlsx")), "--lang", "en")
    assert second.process.wait(30) == 0
    assert (second.pid, second.port) == (first.process.pid, first.port)
    clerk.go(second.url)
    clerk.sees("Errors: 4", "#cards")
    clerk.go(open_page(tmp_path).url)
    clerk.sees("错误 4 处", "#cards")


def test_a_page_that_was_killed_is_not_mistaken_for_one_that_runs(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    first = open_page(tmp_path, str(ledger(tmp_path / "解困帮扶.xlsx")))
    left = first.private
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    assert left.is_dir()
    second = open_page(tmp_path)
    assert second.pid == second.process.pid != first.pid
    assert not left.exists(), "what the killed one kept is swept"
    assert second.private.is_dir()


def test_the_button_ends_it_and_nothing_is_left(open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path) -> None:
    opened = open_page(tmp_path)
    state, private = opened.state_file, opened.private
    clerk.go(opened.url)
    clerk.choose(ledger(tmp_path / "解困帮扶.xlsx"))
    clerk.press("结束")
    clerk.browser.switch_to.alert.accept()
    clerk.sees("页面已结束，可以关掉这个窗口了")
    assert opened.process.wait(30) == 0
    assert not private.exists()
    assert not state.exists()


def test_a_signal_ends_it_in_order_with_its_run(open_page: Callable[..., Any], clerk: Clerk, county: Path) -> None:
    opened = open_page(county)
    private = opened.private
    clerk.go(opened.url)
    clerk.press("选项")
    clerk.browser.find_element("id", "full").click()
    clerk.press("检查全部并汇总")
    clerk.wait(lambda: clerk.browser.find_elements("id", "running"))
    opened.process.terminate()
    assert opened.process.wait(30) == 0
    assert not private.exists()
    working = subprocess.run(["pgrep", "-f", f"toolkit run -C {county}"], capture_output=True, text=True)
    assert working.stdout == "", "the run ended with the page"
    clerk.expected.append("ERR_CONNECTION_REFUSED")


def test_a_page_whose_user_went_away_says_so_when_she_comes_back(
    open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path
) -> None:
    opened = open_page(tmp_path)
    clerk.go(opened.url)
    opened.process.terminate()
    opened.process.wait(30)
    clerk.press("环境自检")
    clerk.sees("页面已经结束", "#toast")
    clerk.expected.append("ERR_CONNECTION_REFUSED")


def test_it_ends_by_itself_when_nobody_uses_it_but_not_during_a_run(tmp_path: Path, county: Path) -> None:
    page = Page(county, tmp_path, 1, Limits(0, 1, 1), lambda: None)
    assert page.start(Wanted(), "zh")
    assert not page.start(Wanted(), "zh"), "one at a time"
    assert page.run is not None
    while page.run.running:
        assert page.idle_seconds < 1
    server = SimpleNamespace(should_exit=False)
    _watch(page, server)
    assert server.should_exit


def test_usage_errors_are_sentences(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "toolkit", "page", "-C", str(tmp_path), "--no-open", "--lang", "zh", "没有.xlsx"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, "没有这个文件" in done.stderr) == (2, True)
