"""What each kind of mail tells: the last run's figures, by whom it is read, in words that name nobody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_certificates import Certificates
from mail_samples import DEPUTY, DUE, LEADER, NAMES, account, configure, read, send, texts
from mail_server import Server, serving

from toolkit.mail.charts import bars, segments
from toolkit.mail.windows import window


@pytest.fixture
def server(workspace: Path, certificates: Certificates) -> Iterator[Server]:
    with serving(Server(), certificates) as running:
        configure(workspace, **account(running.port, certificates))
        yield running


def mail_to(server: Server, recipient: str) -> tuple[str, str, str]:
    """Return (subject, plain text, HTML) of the only mail to somebody."""
    content = [content for to, content in server.got if to == recipient]
    assert len(content) == 1
    message = read(content[0])
    return str(message["Subject"]), *texts(message)


def test_the_leader_reads_the_figures_and_who_is_missing(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "summary", "--due", DUE)
    subject, plain, html = mail_to(server, LEADER)
    assert subject == "样县台账汇总 2021-01-08：报送率 45.5%，错误 4 处"
    for part in (plain, html):
        for words in ("45.5%", "小周村", "双纳入", "北城街道", "样县台账汇总表-2021-01-08.xlsx", "0356-7654321"):
            assert words in part, words
    assert "<script" not in html
    assert "src=" not in html, "nothing to be loaded"
    assert html.count("bgcolor") > 20, "charts are table cells with a colour"
    message = read(next(content for to, content in server.got if to == LEADER))
    attachment = next(message.iter_attachments())
    assert attachment.get_content() == (workspace / "workbooks/out/summary.xlsx").read_bytes()


def test_a_township_reads_its_own_part_only(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "township")
    subject, plain, html = mail_to(server, "macun@test.local")
    assert subject.startswith("马村镇台账")
    for part in (plain, html):
        assert "大周村" in part
        assert "小周村" in part
        assert "桥头村" not in part
        assert "建设路" not in part
    assert "未报" in plain


def test_a_station_reads_its_own_findings_by_file_and_cell(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "findings")
    assert "zhou" not in "".join(server.recipients()).replace("dazhou", ""), "no findings, no mail"
    subject, plain, html = mail_to(server, "dazhou@test.local")
    assert "2 处错误" in subject
    for part in (plain, html):
        for words in ("走访慰问（张**整理）.xlsx", "F2", "“走访日期”没有填", "C3", "E201", "E203", "C2:C3"):
            assert words in part, words
        for name in NAMES:
            assert name not in part
        assert "149999" not in part


def test_a_station_is_reminded_of_what_is_due_and_of_nothing_else(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "reminder", "--due", DUE)
    assert server.recipients() == ["xiaozhou@test.local"]
    subject, plain, _ = mail_to(server, "xiaozhou@test.local")
    assert "2 份台账未报" in subject
    assert "已过 3 天" in plain
    assert "还有 2 天" in plain
    send(workspace, "--kind", "reminder", "--due", "2020-12-20")
    assert len(server.got) == 1, "not weeks before a deadline"


def test_reminders_go_again_when_something_changed(workspace: Path, server: Server, certificates: Certificates) -> None:
    send(workspace, "--kind", "reminder", "--due", "2021-01-03")
    assert "1 份台账" in mail_to(server, "xiaozhou@test.local")[0]
    send(workspace, "--kind", "reminder", "--due", "2021-01-04")
    assert len(server.got) == 1
    send(workspace, "--kind", "reminder", "--due", "2021-01-07")
    assert len(server.got) == 2, "another ledger is due now"


@pytest.mark.parametrize(
    ("kind", "window_words", "visits"),
    [
        ("monthly", "2020-12-01 至 2020-12-31", 0),
        ("quarterly", "2020-10-01 至 2020-12-31", 0),
        ("weekly", "2020-12-28 至 2021-01-03", 0),
    ],
)
def test_a_window_has_figures_of_its_own(
    workspace: Path, server: Server, kind: str, window_words: str, visits: int
) -> None:
    send(workspace, "--kind", kind, "--due", DUE)
    _, plain, html = mail_to(server, LEADER)
    assert window_words in plain
    assert window_words in html
    assert f"走访慰问：{visits} 人次" in plain
    aid = "解困帮扶：1 人次，1 人，资金与实物 3,000 元" if kind != "weekly" else "解困帮扶：0 人次"
    assert aid in plain
    assert "登记去世：1 人" in plain or kind == "weekly"


def test_another_month_has_other_figures(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "monthly", "--due", "2020-04-10")
    _, plain, _ = mail_to(server, LEADER)
    assert "2020-03-01 至 2020-03-31" in plain
    assert "走访慰问：1 人次，1 人，慰问金与慰问品 500 元" in plain


def test_a_week_is_sent_once_however_often_it_is_asked_for(workspace: Path, server: Server) -> None:
    for day in ("2021-01-08", "2021-01-09", "2021-01-10"):
        send(workspace, "--kind", "weekly", "--due", day)
    assert server.recipients().count(LEADER) == 2, "the week to Sunday the 3rd, and from Sunday the 10th on the next"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(["weekly", "monthly", "quarterly"]))
def test_windows_are_whole_and_over(due: date, kind: str) -> None:
    first, last = window(kind, due)
    assert first <= last <= due
    days = (last - first).days + 1
    assert (due - last).days < {"weekly": 7, "monthly": 31, "quarterly": 92}[kind]
    assert days in {"weekly": (7,), "monthly": (28, 29, 30, 31), "quarterly": (90, 91, 92)}[kind]
    assert first.weekday() == 0 if kind == "weekly" else first.day == 1
    assert window(kind, last) == (first, last)


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 10_000)), max_size=12))
def test_parts_of_a_bar_make_up_the_whole(counts: list[tuple[str, int]]) -> None:
    made = segments(counts)
    assert all(one.width >= 1 for one in made)
    assert sum(one.width for one in made) == (100 if any(count for _, count in counts) else 0)
    assert [(one.status, one.count) for one in made] == [(status, count) for status, count in counts if count]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=20))
def test_bars_never_leave_their_frame(values: list[float | None]) -> None:
    for bar, value in zip(bars(("x", value, "") for value in values), values, strict=True):
        assert 0 <= bar.width <= 100
        assert (bar.width > 0) == bool(value)


def test_the_attachment_is_encrypted_with_the_password_that_is_told_by_another_way(
    workspace: Path, server: Server, certificates: Certificates
) -> None:
    import msoffcrypto
    from openpyxl import load_workbook

    configure(workspace, **account(server.port, certificates), encrypt="yes")
    assert send(workspace, "--kind", "summary", status=11)["queued"] == 0, "never unencrypted for want of a password"
    assert send(workspace, "--kind", "summary", TAIZHANG_MAIL_ATTACHMENT="另行告知")["sent"] == 2
    for recipient in (LEADER, DEPUTY):
        message = read(next(content for to, content in server.got if to == recipient))
        assert "另行告知" not in texts(message)[0].replace("密码另行告知", "")
        assert "已加密" in texts(message)[0]
        closed = next(message.iter_attachments()).get_content()
        assert not closed.startswith(b"PK")
        office, opened = msoffcrypto.OfficeFile(io.BytesIO(closed)), io.BytesIO()
        office.load_key(password="另行告知")
        office.decrypt(opened)
        assert "总览" in load_workbook(opened).sheetnames


def test_a_server_that_takes_no_large_mail_gets_it_without_the_workbook(
    workspace: Path, certificates: Certificates
) -> None:
    with serving(Server(), certificates, limit=40_000) as small:
        configure(workspace, **account(small.port, certificates))
        assert send(workspace, "--kind", "summary")["sent"] == 2
        message = read(small.got[0][1])
        assert list(message.iter_attachments()) == []
        assert "没有附上" in texts(message)[0]
