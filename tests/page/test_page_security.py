"""Who the page answers, and who it does not; what becomes of names and sizes that mean harm."""

from __future__ import annotations

import http.client
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import save_workbook


def ask(page: Any, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    """Ask as any program on this computer can; ``origin__`` and the like name headers."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    given = {name.strip("_").replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    answer.content = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


@pytest.fixture
def page(open_page: Callable[..., Any], tmp_path: Path) -> Any:
    (tmp_path / "config.ini").write_text("[page]\nfile_mb = 1\nfiles = 2\n", encoding="utf-8")
    return open_page(tmp_path)


def enter(page: Any) -> str:
    """Exchange the ticket; return the cookie as it is sent back."""
    answer = ask(page, "GET", page.url.split(page.host)[1])
    assert answer.status == 200
    return str(answer.headers["set-cookie"]).split(";")[0]


def own(page: Any) -> dict[str, str]:
    return {"cookie": enter(page), "origin": f"http://{page.host}"}


def test_the_ticket_is_exchanged_once_for_a_cookie_that_scripts_and_other_sites_do_not_get(page: Any) -> None:
    way_in = page.url.split(page.host)[1]
    first = ask(page, "GET", way_in)
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ask(page, "GET", way_in).status == 403
    assert ask(page, "GET", "/", cookie=first.headers["set-cookie"].split(";")[0]).status == 200
    assert ask(page, "GET", way_in[:-1] + "x").status == 403
    assert len(way_in.split("=")[1]) >= 40


@pytest.mark.parametrize(
    "path",
    ["/", "/county", "/notice", "/health", "/report", "/run", "/out/summary", "/files/x/marked", "/files/x/copy"],
)
def test_without_the_cookie_nothing_is_shown(page: Any, path: str) -> None:
    enter(page)
    for cookie in ("", f"taizhang-{page.port}=guess", "taizhang=;=;,"):
        assert ask(page, "GET", path, cookie=cookie).status == 403


def test_only_this_very_address_is_answered(page: Any) -> None:
    cookie = enter(page)
    for host in (
        "evil.example",
        f"localhost:{page.port}",
        "127.0.0.1",
        f"127.0.0.1:{page.port + 1}",
        f"[::1]:{page.port}",
    ):
        assert ask(page, "GET", "/", cookie=cookie, host=host).status == 421, host
    for address in ("127.0.0.2", "::1"):
        with pytest.raises(OSError, match=r"refused|unreachable|assign"):
            http.client.HTTPConnection(address, page.port, timeout=5).connect()


@pytest.mark.parametrize("path", ["/files?name=a.xlsx", "/files/remove", "/run", "/run/cancel", "/workspace", "/end"])
def test_nothing_is_changed_for_another_site(page: Any, path: str) -> None:
    cookie = enter(page)
    for origin in ("http://evil.example", f"https://{page.host}", "null", f"http://127.0.0.1:{page.port + 1}", ""):
        assert ask(page, "POST", path, b"", cookie=cookie, origin=origin).status == 403, origin
    assert ask(page, "POST", path, b"", cookie=cookie).status == 403
    assert ask(page, "POST", path, b"", origin=f"http://{page.host}").status == 403
    assert ask(page, "OPTIONS", path, cookie=cookie, origin="http://evil.example").status == 405
    assert page.process.poll() is None


def test_every_answer_carries_its_policy(page: Any) -> None:
    cookie = enter(page)
    for path in ("/", "/static/page.js", "/static/colours.css", "/nowhere"):
        headers = ask(page, "GET", path, cookie=cookie).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers
    assert "<script>" not in ask(page, "GET", "/", cookie=cookie).content.decode()  # type: ignore[attr-defined]
    assert ask(page, "GET", "/static/page.css", sec_fetch_site="cross-site").status == 403
    assert ask(page, "GET", "/static/..%2fsecurity.py", cookie=cookie).status == 404


@pytest.mark.parametrize(
    "name", ["../../up.xlsx", "/etc/up.xlsx", "..\\..\\up.xlsx", "a\0b.xlsx", "CON", "", ".", "x" * 3000 + ".xlsx"]
)
def test_a_name_is_never_a_path(page: Any, tmp_path: Path, name: str) -> None:
    source = save_workbook(tmp_path / "in.xlsx", [["姓名", "身份证号"], ["张三", ""]])
    before = set(tmp_path.rglob("*"))
    answer = ask(page, "POST", f"/files?name={quote(name)}", source.read_bytes(), **own(page))
    assert answer.status == 200
    assert set(tmp_path.rglob("*")) == before
    assert list(page.private.parent.rglob("up*")) == []
    (kept,) = [path for path in page.private.rglob("workbook*") if path.is_file()]
    assert kept.name in ("workbook", "workbook.xlsx")


def test_what_is_dropped_is_for_the_person_alone_and_limited(page: Any, tmp_path: Path) -> None:
    me = own(page)
    source = save_workbook(tmp_path / "in.xlsx", [["姓名", "身份证号"], ["张三", ""]]).read_bytes()
    large = ask(page, "POST", "/files?name=" + quote("大.xlsx"), b"x" * (1 << 20) + b"y", **me)
    assert large.status == 413
    assert "超过 1 MB" in large.content.decode()  # type: ignore[attr-defined]
    assert [path for path in page.private.rglob("*") if path.is_file()] == []
    for name in ("a.xlsx", "b.xlsx"):
        assert ask(page, "POST", f"/files?name={name}", source, **me).status == 200
    assert ask(page, "POST", "/files?name=c.xlsx", source, **me).status == 413
    if os.name != "nt":
        assert stat.S_IMODE(page.private.stat().st_mode) == 0o700
        assert stat.S_IMODE(page.state_file.stat().st_mode) == 0o600


def test_only_the_state_file_lets_another_process_in(page: Any) -> None:
    asked = json.dumps({"paths": ["/etc/passwd"], "lang": "zh"}).encode()
    origin = f"http://{page.host}"
    assert ask(page, "POST", "/control/open", asked, origin=origin, cookie=enter(page)).status == 403
    assert ask(page, "POST", "/control/open", asked, origin=origin, authorization="Bearer x").status == 403
    key = json.loads(page.state_file.read_text())["key"]
    assert ask(page, "POST", "/control/open", asked, origin=origin, authorization=f"Bearer {key}").status == 200


def test_a_fault_of_ours_is_one_sentence_and_a_log(page: Any, tmp_path: Path) -> None:
    (tmp_path / "workbooks").mkdir()
    (tmp_path / "workbooks" / ".state").mkdir()
    (tmp_path / "workbooks" / ".state" / "state.db").write_bytes(
        b"no database at all, but long enough to be looked at" * 40
    )
    answer = ask(page, "GET", "/health", **own(page))
    said = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status == 500
    assert "程序自身出错了" in said
    assert "Traceback" not in said
    (log,) = (tmp_path / "workbooks" / ".state" / "logs").glob("fault-*.log")
    assert "DatabaseError" in log.read_text(encoding="utf-8")
