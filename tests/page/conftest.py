"""A page that is really served, and a browser that really clicks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from page_clicks import Clerk

from tests.conftest import needs

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]


class Opened:
    """A running ``taizhang page``."""

    def __init__(
        self, process: subprocess.Popen[str], told: dict[str, Any], folder: Path, environment: dict[str, str]
    ) -> None:
        self.process, self.folder, self.environment = process, folder, environment
        self.url = str(told["url"])
        self.pid = int(told["pid"])
        self.host = self.url.split("/")[2]
        self.port = int(self.host.split(":")[1])

    @property
    def state_file(self) -> Path:
        return next(Path(self.environment["XDG_STATE_HOME"], "taizhang").glob("page-*.json"))

    @property
    def private(self) -> Path:
        return Path(json.loads(self.state_file.read_text())["private"])


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where this test's page notes itself and keeps what is dropped; the sockets of workers want short paths."""
    with tempfile.TemporaryDirectory(prefix="tz-") as temporary:
        yield {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": temporary}


@pytest.fixture
def open_page(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Start ``taizhang page`` in a folder, with words more, and wait until it tells its address."""
    started: list[Opened] = []

    def start(folder: Path, *words: str) -> Opened:
        command = [sys.executable, "-m", "toolkit", "page", "-C", str(folder), "--no-open", "--json", *words]
        with (tmp_path / "page.err").open("w") as err:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=environment)
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.rstrip() == "}":
                break
        assert said, (tmp_path / "page.err").read_text()
        opened = Opened(process, json.loads(said), folder, environment)
        started.append(opened)
        return opened

    yield start
    for one in started:
        one.process.terminate()
        try:
            one.process.wait(20)
        finally:
            one.process.kill()
            one.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, driver = needs("chromium"), needs("chromedriver")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = chromium
    for flag in [*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}", "--window-size=1100,1000"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


@pytest.fixture
def clerk(_browser: Any, tmp_path: Path) -> Iterator[Clerk]:
    """Somebody at a browser of her own; at the end it must not have complained of anything."""
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    _browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads), "eventsEnabled": True}
    )
    first = _browser.current_window_handle
    _browser.get_log("browser")
    clerk = Clerk(_browser, downloads)
    yield clerk
    for window in _browser.window_handles:
        if window != first:
            _browser.switch_to.window(window)
            _browser.close()
    _browser.switch_to.window(first)
    said = [one["message"] for one in _browser.get_log("browser") if one["level"] == "SEVERE"]
    _browser.get("about:blank")
    assert [line for line in said if not any(word in line for word in clerk.expected)] == []


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county on which nothing has run yet."""
    from toolkit.demo import make_county
    from toolkit.scaffold import make_demo_workspace

    folder = tmp_path_factory.mktemp("county") / "县 局"
    make_demo_workspace(folder)
    make_county(folder, stations=6, seed=11, processes=1)
    return folder
