"""A whole night before a real mail server: Postfix with TLS and AUTH on loopback, and what it delivered, read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mail_postfix import PASSWORD, Postfix
from mail_samples import account, configure, read, send, taizhang, texts


def setup(workspace: Path, postfix: Postfix, security: str = "tls", **more: str) -> None:
    port = {"tls": postfix.tls, "starttls": postfix.starttls, "submission": postfix.submission}[security]
    keys = account(port, postfix.certificates, security="starttls" if security == "submission" else security)
    configure(workspace, **keys | {"leaders": "leader@test.local", "allowed_domains": "test.local"} | more)


@pytest.mark.parametrize("security", ["tls", "starttls", "submission"])
def test_a_night_is_delivered_and_reads_well(workspace: Path, postfix: Postfix, security: str) -> None:
    box = f"leader-{security}"
    setup(workspace, postfix, security, leaders=f"{box}@test.local、ghost@test.local、third-{security}@test.local")
    assert taizhang(workspace, "check", password=PASSWORD).returncode == 0
    done = send(workspace, "--kind", "summary", status=3, password=PASSWORD)
    assert (done["sent"], done["dead"], done["waiting"]) == (2, 1, 0), "the unknown one does not hold the others back"
    (content,) = postfix.wait_for(box, 1)
    assert len(postfix.wait_for(f"third-{security}", 1)) == 1
    message = read(content)
    assert message["Subject"] == "样县台账汇总 2021-01-08：报送率 45.5%，错误 4 处"
    assert message["From"].addresses[0].display_name == "样县退役军人事务局"
    assert message["To"] == f"{box}@test.local", "nobody sees who else was written to"
    assert "乡镇排名" in texts(message)[1]
    attachment = next(message.iter_attachments())
    assert attachment.get_filename() == "样县台账汇总表-2021-01-08.xlsx"
    assert attachment.get_content() == (workspace / "workbooks/out/summary.xlsx").read_bytes()
    assert "ESMTPSA" in str(message["Received"]), "encrypted and logged in, says the server"
    listed = json.loads(taizhang(workspace, "list", "--json").stdout)["letters"]
    assert [(one["recipient"], one["reason"]) for one in listed] == [("ghost@test.local", "no_such_address")]


def test_stations_and_townships_get_theirs(workspace: Path, postfix: Postfix) -> None:
    setup(workspace, postfix)
    postfix.settled()
    before = len(postfix.delivered())
    assert (
        send(workspace, "--kind", "township", "--kind", "findings", "--kind", "reminder", password=PASSWORD)["sent"]
        == 5
    )
    postfix.settled()
    subjects = {str(read(content)["To"]): str(read(content)["Subject"]) for content in postfix.delivered()}
    assert subjects["macun@test.local"].startswith("马村镇台账")
    assert subjects["xiaozhou@test.local"].startswith("催报通知")
    assert subjects["dazhou@test.local"].startswith("马村镇大周村")
    assert len(postfix.delivered()) - before == 4, "one address is not this server's"


def test_a_wrong_password_is_exit_status_12_with_one_attempt(workspace: Path, postfix: Postfix) -> None:
    setup(workspace, postfix)
    failures = postfix.log.count("authentication failed")
    assert send(workspace, "--kind", "summary", status=12, password="wrong")["waiting"] == 1
    assert send(workspace, status=12, password="wrong")["sent"] == 0
    assert postfix.log.count("authentication failed") - failures == 1


def test_a_certificate_that_is_not_trusted_ends_it_before_the_login(workspace: Path, postfix: Postfix) -> None:
    setup(workspace, postfix, ca_file="")
    attempts = postfix.log.count("sasl_method")
    done = taizhang(workspace, "send", "--kind", "summary", password=PASSWORD)
    assert done.returncode == 3
    assert "证书" in done.stderr
    assert postfix.log.count("sasl_method") == attempts
    assert taizhang(workspace, "check", password=PASSWORD).returncode == 3


def test_more_than_the_server_takes_goes_without_the_workbook(workspace: Path, postfix: Postfix) -> None:
    setup(workspace, postfix, leaders="small@test.local")
    summary = workspace / "workbooks/out/summary.xlsx"
    sizes = json.loads(_state(workspace, "outputs"))
    summary.write_bytes(summary.read_bytes() + bytes(3_000_000))
    sizes["summary"][1] = summary.stat().st_size
    _state(workspace, "outputs", json.dumps(sizes))
    assert send(workspace, "--kind", "summary", password=PASSWORD)["sent"] == 1
    message = read(postfix.wait_for("small", 1)[0])
    assert list(message.iter_attachments()) == []
    assert "没有附上" in texts(message)[0]


def _state(workspace: Path, name: str, value: str | None = None) -> str:
    import sqlite3

    database = sqlite3.connect(workspace / "workbooks/.state/state.db", isolation_level=None)
    if value is not None:
        database.execute("UPDATE meta SET value=? WHERE name=?", (value, name))
    found: str = database.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()[0]
    database.close()
    return found
