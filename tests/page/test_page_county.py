"""An officer at the page: consolidates the county, watches it, opens what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from page_clicks import Clerk
from selenium.webdriver.common.by import By

from toolkit.config import load_config
from toolkit.workspace import locked


def test_a_consolidation_is_started_watched_and_its_results_opened(
    open_page: Callable[..., Any], clerk: Clerk, county: Path
) -> None:
    clerk.go(open_page(county).url)
    clerk.sees("还没有汇总过", "#county")
    clerk.press("谁还没报")
    assert "请先“检查全部并汇总”" in clerk.dialog().text
    clerk.press("关闭")

    clerk.press("检查全部并汇总")
    clerk.wait(lambda: "读取和检查（" in clerk.text_of("#running span"))
    assert clerk.browser.find_element(By.CSS_SELECTOR, "#running progress").get_attribute("max") != "1"
    clerk.sees("完成，用时", "#county")
    totals = json.loads((county / "workbooks/out/report.json").read_text(encoding="utf-8"))["totals"]
    assert clerk.text_of(".totals .error dd") == f"{totals['errors']:,}"
    assert clerk.text_of(".totals div dd") == f"{totals['reported']} / {totals['stations']}"

    summary = clerk.download("打开汇总表")
    assert summary.read_bytes() == (county / "workbooks/out/summary.xlsx").read_bytes()
    assert openpyxl.load_workbook(summary).sheetnames
    assert clerk.download("打开汇总台账").name == "consolidated.xlsx"

    clerk.press("谁还没报")
    notice = (county / "workbooks/out/通报.txt").read_text(encoding="utf-8-sig")
    assert clerk.dialog().find_element(By.TAG_NAME, "pre").text.split() == notice.split()
    clerk.press("复制文字")
    clerk.sees("已复制", "#toast")
    clerk.press("关闭")

    here = clerk.browser.current_window_handle
    clerk.press("打开报告")
    clerk.wait(lambda: len(clerk.browser.window_handles) == 2)
    clerk.browser.switch_to.window(next(one for one in clerk.browser.window_handles if one != here))
    clerk.wait(lambda: clerk.browser.find_elements(By.CSS_SELECTOR, "#list .finding"))  # its own script has run
    reached = "try { return document.cookie } catch (error) { return error.name }"
    assert clerk.browser.execute_script(reached) == "SecurityError", "the report is shut off from the page"


def test_the_summary_button_ends_with_the_summary(open_page: Callable[..., Any], clerk: Clerk, county: Path) -> None:
    clerk.go(open_page(county).url)
    assert clerk.download("生成汇总表").name == "summary.xlsx"
    clerk.sees("完成，用时", "#county")


def test_a_run_is_stopped(open_page: Callable[..., Any], clerk: Clerk, county: Path) -> None:
    clerk.go(open_page(county).url)
    clerk.press("选项")
    clerk.browser.find_element(By.ID, "full").click()
    clerk.press("检查全部并汇总")
    clerk.press("停止")
    clerk.sees("已停止，已经写好的文件都是完整的", "#county")
    with locked(load_config(county), "zh"):  # nobody is left who holds it
        pass


def test_a_run_that_cannot_begin_says_why(open_page: Callable[..., Any], clerk: Clerk, county: Path) -> None:
    clerk.go(open_page(county).url)
    with locked(load_config(county), "zh"):
        clerk.press("环境自检")
        assert "另一次运行正在进行" in clerk.dialog().text
        clerk.press("关闭", clerk.dialog())
        clerk.press("检查全部并汇总")
        clerk.sees("没有完成：", "#county")
        clerk.sees("另一次运行正在进行，请等它结束后再试", "#county")


def test_mistakes_in_the_settings_are_named_and_seen_to_be_gone(
    open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path
) -> None:
    (tmp_path / "config.ini").write_text("[marks]\nmode = everywhere\n", encoding="utf-8")
    clerk.go(open_page(tmp_path).url)
    clerk.sees("mode = everywhere：只能是 in-place、copy、off", "#county")
    assert not [one for one in clerk.browser.find_elements(By.TAG_NAME, "button") if one.text == "检查全部并汇总"]
    (tmp_path / "config.ini").write_text("[marks]\nmode = off\n", encoding="utf-8")
    clerk.press("改好了，再看看")
    clerk.sees("没有找到站点花名册", "#county")


def test_a_workspace_is_made_where_there_is_none(open_page: Callable[..., Any], clerk: Clerk, tmp_path: Path) -> None:
    clerk.go(open_page(tmp_path).url)
    clerk.sees("这里还没有工作区", "#county")
    clerk.press("新建工作区")
    clerk.sees("工作区已建好", "#county")
    assert (tmp_path / "config.ini").is_file()
    assert (tmp_path / "workbooks" / "roster.xlsx").is_file()
    clerk.press("环境自检")
    said = clerk.dialog().text
    for word in ("版本", "Python", "工作区", "台账文件夹", "LibreOffice", "磁盘空间", "运行状态", "空闲", "127.0.0.1"):
        assert word in said, word
