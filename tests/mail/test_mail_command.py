"""``taizhang mail`` as an administrator, the nightly job and a script use it: against a server, with exit status and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mail_certificates import Certificates
from mail_samples import (
    DEPUTY,
    DUE,
    LEADER,
    OPERATOR,
    PASSWORD,
    SENDER,
    account,
    configure,
    read,
    send,
    taizhang,
    texts,
)
from mail_server import Server, serving

NOTE = {
    "job": "run",
    "started": "2021-01-08T20:00:00+08:00",
    "finished": "2021-01-08T20:03:00+08:00",
    "status": 13,
    "message": "共享盘断了",
}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def office(workspace: Path, server: Server, certificates: Certificates) -> Iterator[Path]:
    """Return a workspace whose mail goes to the server."""
    with serving(server, certificates):
        configure(workspace, **account(server.port, certificates))
        yield workspace


def note(folder: Path, **more: object) -> str:
    path = folder / "note.json"
    path.write_text(json.dumps(NOTE | more), encoding="utf-8")
    return str(path)


def test_the_nightly_job_sends_the_summary_once(office: Path, server: Server) -> None:
    words = ("--kind", "summary", "--due", DUE)
    assert send(office, *words) == {"version": 1, "queued": 2, "sent": 2, "waiting": 0, "dead": 0, "next_try": None}
    assert send(office, *words) == {"version": 1, "queued": 0, "sent": 0, "waiting": 0, "dead": 0, "next_try": None}
    assert sorted(server.recipients()) == sorted([LEADER, DEPUTY])
    assert send(office, "--kind", "summary", "--due", "2021-01-09")["sent"] == 2
    assert send(office, *words, "--again")["sent"] == 2


def test_every_kind_that_is_enabled_goes_to_whom_it_is_for(office: Path, server: Server) -> None:
    done = taizhang(office, "send")
    assert done.returncode == 0, done.stderr
    assert sorted(server.recipients()) == sorted([
        LEADER, DEPUTY, "macun@test.local", "beicheng@elsewhere.example", "xiaozhou@test.local", "dazhou@test.local",
        "13803550003@test.local",
    ])  # fmt: skip
    assert "建设路社区" in done.stderr, "a station without an address is named"
    assert "not an address" in done.stderr
    assert "13803550003" not in done.stdout + done.stderr


def test_an_unchanged_list_is_not_sent_every_night(office: Path, server: Server) -> None:
    send(office, "--kind", "findings", "--kind", "reminder", "--due", DUE)
    assert len(server.got) == 3
    send(office, "--kind", "findings", "--kind", "reminder", "--due", "2021-01-09")
    assert len(server.got) == 3


def test_a_failed_night_is_told_the_operator_whatever_else_is_broken(office: Path, server: Server) -> None:
    (office / "workbooks/roster.xlsx").write_bytes(b"no workbook")
    (office / "workbooks/templates/zh").mkdir(parents=True)
    (office / "workbooks/templates/zh/operator.txt").write_text("{{ broken", encoding="utf-8")
    words = ("--kind", "operator", "--due", DUE, "--note", note(office))
    assert send(office, *words)["sent"] == 1
    assert send(office, *words)["sent"] == 0, "the same failure once"
    assert send(office, "--kind", "operator", "--due", DUE, "--note", note(office, status=70))["sent"] == 1
    assert set(server.recipients()) == {OPERATOR}
    message = read(server.got[0][1])
    assert "13" in str(message["Subject"])
    assert "共享盘断了" in texts(message)[0]
    assert send(office, "--kind", "summary", status=11)["sent"] == 0


def test_without_a_note_there_is_nothing_to_tell_an_operator(office: Path, server: Server) -> None:
    assert send(office, "--kind", "operator")["queued"] == 0
    done = taizhang(office, "send", "--kind", "operator", "--note", str(office / "none.json"))
    assert done.returncode == 2
    assert server.got == []


def test_a_refused_login_is_exit_status_12_and_the_letters_wait(office: Path, server: Server) -> None:
    done = send(office, "--kind", "summary", status=12, password="wrong")
    assert (done["queued"], done["sent"], done["waiting"]) == (2, 0, 2)
    assert done["next_try"] is not None
    assert send(office, "--kind", "summary", status=12)["sent"] == 0, "not tried again by itself"
    assert server.logins == 1
    assert taizhang(office, "check", password="wrong").returncode == 12
    assert taizhang(office, "check").returncode == 0
    assert send(office, "--kind", "summary")["sent"] == 2


def test_what_cannot_be_delivered_is_said_and_exit_status_3(office: Path, server: Server) -> None:
    server.at_rcpt = lambda recipient: "550 5.1.1 no such user" if recipient == LEADER else None
    done = taizhang(office, "send", "--kind", "summary")
    assert done.returncode == 3
    assert "没有这个邮箱地址" in done.stderr
    listed = json.loads(taizhang(office, "list", "--json").stdout)["letters"]
    assert [(one["recipient"], one["state"]) for one in listed] == [(LEADER, "dead")]
    server.at_rcpt = lambda _: None
    assert taizhang(office, "retry", str(listed[0]["id"])).returncode == 0
    assert server.recipients().count(LEADER) == 1
    assert taizhang(office, "list").stdout.strip() == "发件箱是空的"
    assert taizhang(office, "list", "--all").stdout.count("已发") == 2


def test_what_waits_can_be_dropped(office: Path, server: Server) -> None:
    server.at_rcpt = lambda _: "451 4.7.1 later"
    assert send(office, "--kind", "summary")["waiting"] == 2
    numbers = [str(one["id"]) for one in json.loads(taizhang(office, "list", "--json").stdout)["letters"]]
    assert taizhang(office, "drop").returncode == 2, "not everything by mistake"
    assert taizhang(office, "drop", numbers[0], "99").returncode == 2
    assert taizhang(office, "drop", "--all").returncode == 0
    assert json.loads(taizhang(office, "list", "--json").stdout)["letters"] == []
    server.at_rcpt = lambda _: None
    assert send(office, "--kind", "summary")["queued"] == 0, "dropped is dropped for this due date"


def test_a_dry_run_and_a_preview_send_and_queue_nothing(office: Path, server: Server) -> None:
    done = taizhang(office, "--dry-run", "--json")
    letters = json.loads(done.stdout)["letters"]
    assert {(one["kind"], one["recipient"]) for one in letters} >= {
        ("summary", LEADER),
        ("township", "macun@test.local"),
    }
    assert letters[0]["attachments"] == ["样县台账汇总表-2021-01-08.xlsx"]
    files = [Path(path) for path in json.loads(taizhang(office, "--preview", "--json").stdout)["files"]]
    assert {path.name for path in files} >= {f"{kind}.{suffix}" for kind in ("summary", "township", "findings", "reminder", "weekly", "monthly",
                                                                           "quarterly", "operator") for suffix in ("eml", "html")}  # fmt: skip
    summary = next(path for path in files if path.name == "summary.eml")
    assert read(summary.read_bytes())["To"] == LEADER
    assert (server.got, server.logins) == ([], 0)
    assert json.loads(taizhang(office, "list", "--all", "--json").stdout)["letters"] == []


def test_samples_to_oneself_go_to_nobody_else_and_do_not_count(office: Path, server: Server) -> None:
    assert taizhang(office, "--to", "me").returncode == 0
    assert set(server.recipients()) == {SENDER}
    assert len(server.got) == 7, "one of each kind"
    assert all(str(read(content)["Subject"]).startswith("【试发】") for _, content in server.got)
    assert send(office, "--to", "other@test.local", "--kind", "township")["sent"] == 1
    assert send(office, "--kind", "summary")["sent"] == 2
    assert taizhang(office, "--to", "not an address").returncode == 2


def test_the_overview_says_what_would_be_sent_and_changes_nothing(office: Path, server: Server) -> None:
    shown = taizhang(office).stdout
    for words in (SENDER, "汇总（领导）：2 封", "待发 0", "taizhang mail send"):
        assert words in shown
    data = json.loads(taizhang(office, "--json").stdout)
    assert data["to_send"] == {"summary": 2, "township": 2, "reminder": 1, "findings": 2}
    assert server.got == []


def test_one_station_alone(office: Path, server: Server) -> None:
    send(office, "--kind", "findings", "--kind", "reminder", "--station", "小周")
    assert server.recipients() == ["xiaozhou@test.local"]


def test_two_senders_at_once_are_one(office: Path, server: Server) -> None:
    from filelock import FileLock

    with FileLock(office / "workbooks/.state/outbox.lock"):
        done = send(office, "--kind", "summary", status=10)
    assert (done["queued"], done["sent"]) == (2, 0)
    assert send(office)["sent"] >= 2


def test_the_record_of_what_was_sent(office: Path, server: Server) -> None:
    send(office, "--kind", "summary", "--kind", "findings")
    record = json.loads(taizhang(office, "audit", "--json").stdout)
    assert record["whole"] is True
    assert [one["event"] for one in record["entries"]].count("sent") == 4
    assert any("样县台账汇总表" in one["attachments"] for one in record["entries"])
    import sqlite3

    database = sqlite3.connect(office / "workbooks/.state/outbox.db", isolation_level=None)
    database.execute("DROP TRIGGER audit_no_update")
    database.execute("UPDATE audit SET recipient='x@y.cn' WHERE number=1")
    database.close()
    assert taizhang(office, "audit").returncode == 3


def test_no_run_yet_is_said(tmp_path: Path, server: Server, certificates: Certificates, office: Path) -> None:
    (office / "workbooks/.state/state.db").unlink()
    done = taizhang(office, "send", "--kind", "summary")
    assert done.returncode == 2
    assert "taizhang run" in done.stderr


def test_an_output_that_is_not_the_last_runs_is_not_mailed(office: Path, server: Server) -> None:
    path = office / "workbooks/out/report.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    done = taizhang(office, "send", "--kind", "summary")
    assert done.returncode == 10
    assert server.got == []


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ({"service": ""}, "service"),
        ({"service": "163", "user": ""}, "163"),
        ({"service": "smtp", "server": ""}, "server"),
        ({"service": "smtp", "server": "mail.example.cn", "security": "none", "user": ""}, "none"),
        ({"service": "smtp", "server": "localhost", "security": "none"}, "none"),
        ({"service": "smtp", "server": "mail.example.cn", "user": "clerk", "sender": ""}, "sender"),
        ({"service": "qq", "ca_file": "missing.pem"}, "missing.pem"),
        ({"service": "yahoo"}, "yahoo"),
        ({"service": "qq", "kinds": "summary、everything"}, "kinds"),
        ({"service": "qq", "leaders": "a@b.cn、nobody"}, "leaders"),
        ({"service": "qq", "quiet": "always"}, "quiet"),
        ({"service": "qq", "allowed_domains": "gov"}, "allowed_domains"),
    ],
)
def test_wrong_settings_are_exit_status_11_with_a_sentence(workspace: Path, keys: dict[str, str], word: str) -> None:
    configure(workspace, **keys)
    done = taizhang(workspace, "send", "--kind", "summary")
    assert done.returncode == 11
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_in_the_settings_is_refused_and_not_repeated(workspace: Path) -> None:
    for key in ("password", "授权码", "smtp_secret"):
        configure(workspace, service="163")
        with (workspace / "config.ini").open("r+", encoding="utf-8") as file:
            content = file.read()
            file.seek(0)
            file.write(content.replace("[mail]\n", f"[mail]\n{key} = hunter2\n"))
        done = taizhang(workspace, "send")
        assert done.returncode == 11, key
        assert "hunter2" not in done.stdout + done.stderr


def test_a_password_from_systemd_or_the_keyring(office: Path, server: Server, tmp_path: Path) -> None:
    assert taizhang(office, "check", password=None).returncode == 11
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "TAIZHANG_MAIL_PASSWORD").write_text(PASSWORD + "\n", encoding="utf-8")
    assert taizhang(office, "check", password=None, CREDENTIALS_DIRECTORY=str(credentials)).returncode == 0
    (tmp_path / "keyring_of_the_test.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 1\n"
        f"    def get_password(self, service, name): return {PASSWORD!r} if (service, name) == ('taizhang', 'TAIZHANG_MAIL_PASSWORD') else None\n"
        "    def set_password(self, service, name, password): pass\n"
        "    def delete_password(self, service, name): pass\n",
        encoding="utf-8",
    )
    found = {"PYTHON_KEYRING_BACKEND": "keyring_of_the_test.Keyring", "PYTHONPATH": str(tmp_path)}
    done = taizhang(office, "check", password=None, **found)
    assert done.returncode == 0, done.stderr
    assert server.logins == 2


def test_reminders_are_files_too_and_go_when_the_station_has_reported(workspace: Path) -> None:
    configure(workspace, service="")
    done = taizhang(workspace, "notices")
    assert done.returncode == 0, done.stderr
    folder = workspace / "workbooks/out/notices"
    assert {path.name for path in folder.iterdir()} == {"催报通知-马村镇-小周村.txt", "催报通知-北城街道-桥头村.txt"}
    said = (folder / "催报通知-马村镇-小周村.txt").read_text(encoding="utf-8-sig")
    for words in (
        "退役军人和其他优抚对象基本信息台账",
        "1 月 5 日",
        "已过 3 天",
        "1 月 10 日",
        "还有 2 天",
        "周**",
        "138****0004",
        "0356-7654321",
    ):
        assert words in said
    assert "走访慰问" not in said, "not due for months"
    (folder / "自己的.txt").write_text("kept", encoding="utf-8")
    assert taizhang(workspace, "notices", "--due", "2020-12-01").returncode == 0
    assert {path.name for path in folder.iterdir()} == {"自己的.txt"}


def test_english_where_the_settings_say_so(office: Path, server: Server, certificates: Certificates) -> None:
    configure(office, "en", **account(server.port, certificates))
    assert send(office, "--kind", "summary", lang="en")["sent"] == 2
    message = read(server.got[0][1])
    assert "received" in str(message["Subject"])
    assert "Townships ranked" in texts(message)[1]
