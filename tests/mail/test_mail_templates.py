"""Templates that an administrator may edit: his own go first, a broken one is one sentence that names file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mail_certificates import Certificates
from mail_samples import LEADER, account, configure, read, send, taizhang, texts
from mail_server import Server, serving

from toolkit.mail.rendering import template_files


@pytest.fixture
def server(workspace: Path, certificates: Certificates) -> Iterator[Server]:
    with serving(Server(), certificates) as running:
        configure(workspace, **account(running.port, certificates))
        yield running


@pytest.fixture
def own(workspace: Path) -> Path:
    """Return the folder of the workspace's own templates, filled with copies of the built-in ones."""
    done = taizhang(workspace, "templates", "--json")
    assert done.returncode == 0, done.stderr
    return Path(json.loads(done.stdout)["folder"])


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_copies_are_complete_work_unchanged_and_are_never_overwritten(
    workspace: Path, server: Server, own: Path
) -> None:
    assert sorted(path.relative_to(own).as_posix() for path in own.rglob("*.*")) == template_files()
    assert send(workspace, "--kind", "summary")["sent"] == 2
    (own / "zh/summary.txt").write_text("主题：自己的\n\n自己的正文", encoding="utf-8")
    again = json.loads(taizhang(workspace, "templates", "--json").stdout)
    assert (again["copied"], len(again["kept"])) == ([], len(template_files()))
    assert "自己的" in (own / "zh/summary.txt").read_text(encoding="utf-8")


def test_an_edited_template_is_used_and_the_others_stay_built_in(workspace: Path, server: Server, own: Path) -> None:
    for path in own.rglob("*.*"):
        if path.name != "summary.txt":
            path.unlink()
    path = own / "zh/summary.txt"
    path.write_bytes(
        b"\xef\xbb\xbf" + "主题： {{ county }}今日汇总\r\n\r\n尊敬的领导：{{ cards[0].value }}\r\n".encode()
    )
    send(workspace, "--kind", "summary")
    message = read(next(content for to, content in server.got if to == LEADER))
    assert message["Subject"] == "样县今日汇总", "Notepad's byte order mark and line ends do no harm"
    plain, html = texts(message)
    assert plain.strip() == "尊敬的领导：45.5%"
    assert "乡镇排名" in html


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("zh/summary.html", "{% if townships %}", "{% if townships %", 11),
        ("zh/summary.html", "{{ parts.cards(cards) }}", "{{ parts.cards(kards) }}", 7),
        ("zh/summary.txt", "{{ one.label }}", "{{ one.lable.x }}", 7),
        ("parts.html", "{{ one.note }}", "{{ one.note | nonsense }}", 15),
        ("zh/frame.html", '{% extends "layout.html" %}', '{% extends "lay-out.html" %}', 1),
        ("zh/summary.txt", "主题：", "", 1),
        ("zh/summary.html", "{{ missing_more }}", "{{ missing_more / 0 }}", None),
    ],
)
def test_a_broken_template_is_one_sentence_with_file_and_line(
    workspace: Path, server: Server, own: Path, name: str, old: str, new: str, line: int | None
) -> None:
    edit(own / name, old, new)
    done = taizhang(workspace, "send", "--kind", "summary")
    if line is None:
        assert done.returncode == 0, "a mistake that is not reached does no harm"
        return
    assert done.returncode == 11
    said = [one for one in done.stderr.splitlines() if "模板" in one]
    assert len(said) == 1
    assert str(own / name) in said[0]
    assert f"第 {line} 行" in said[0]
    assert "Traceback" not in done.stderr
    assert server.got == []


def test_a_template_that_is_no_text_is_said(workspace: Path, server: Server, own: Path) -> None:
    (own / "zh/summary.txt").write_bytes("主题：汇总".encode("gbk"))
    done = taizhang(workspace, "send", "--kind", "summary")
    assert done.returncode == 11
    assert "UTF-8" in done.stderr
    assert taizhang(workspace, "check").returncode == 11


def test_what_waits_goes_out_although_a_template_is_broken(workspace: Path, server: Server, own: Path) -> None:
    server.at_rcpt = lambda _: "451 later"
    assert send(workspace, "--kind", "township")["waiting"] == 2
    server.at_rcpt = lambda _: None
    (own / "zh/summary.txt").write_text("{{", encoding="utf-8")
    taizhang(workspace, "retry")
    assert send(workspace, "--kind", "summary", status=11)["queued"] == 0
    assert len(server.got) == 2


def test_a_template_cannot_reach_out_of_its_values(workspace: Path, server: Server, own: Path) -> None:
    (own / "zh/summary.txt").write_text("主题：x\n{{ cards.__class__.__mro__[1].__subclasses__() }}", encoding="utf-8")
    assert taizhang(workspace, "send", "--kind", "summary").returncode == 11


def test_markup_in_a_name_is_text_in_the_mail(workspace: Path, server: Server, certificates: Certificates) -> None:
    configure(workspace, **account(server.port, certificates), contact="<img src=x onerror=alert(1)> 办公室")
    send(workspace, "--kind", "summary")
    html = texts(read(server.got[0][1]))[1]
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_the_languages_are_twins() -> None:
    names = template_files()
    chinese = {name.removeprefix("zh/") for name in names if name.startswith("zh/")}
    assert chinese == {name.removeprefix("en/") for name in names if name.startswith("en/")}
    assert {name.rpartition(".")[0] for name in chinese if name.endswith(".txt")} == {
        name.rpartition(".")[0] for name in chinese if name.endswith(".html") and name != "frame.html"
    }


def test_both_languages_render_every_kind(workspace: Path) -> None:
    for lang in ("zh", "en"):
        configure(workspace, lang, service="")
        done = taizhang(workspace, "--preview", "--json", lang=lang)
        assert done.returncode == 0, done.stderr
        files = [Path(path) for path in json.loads(done.stdout)["files"]]
        assert len(files) == 16
        for path in files:
            if path.suffix == ".eml":
                message = read(path.read_bytes())
                assert message["Subject"]
                for part in texts(message):
                    assert "{{" not in part
                    assert len(part) > 80
