"""A small county with addresses, run over once; and calling ``taizhang mail`` on it."""

from __future__ import annotations

import email.policy
import json
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mail_certificates import Certificates

from tests.conftest import make_id, save_workbook
from toolkit.config import template
from toolkit.roster import HEADINGS

PASSWORD = "Correct-Horse-密"
LEADER, DEPUTY, OPERATOR, SENDER = "leader@test.local", "deputy@elsewhere.example", "admin@test.local", "bot@test.local"
DUE = "2021-01-08"
VISITS = ["序号", "被走访人", "身份证号", "走访类型", "走访方式", "走访日期", "走访人", "走访内容", "慰问金（元）"]
REGISTER = ["姓名", "性别", "身份证号", "民族", "人员类别", "户籍地", "入伍时间", "退役时间", "去世时间"]
AID = ["姓名", "身份证号", "困难类型", "帮扶措施", "给予资金金额", "帮扶日期"]
STATIONS = [
    # code, name, level, parent, contact, phone, mail, owes
    ("1", "样县退役军人服务中心", "市", None, "钱进", "0356-1234567", "city@test.local", "走访慰问"),
    ("11", "马村镇退役军人服务站", "乡镇", "1", "赵一平", "13803550001", "macun@test.local", "走访慰问"),
    (
        "111",
        "马村镇大周村退役军人服务站",
        "村",
        "11",
        "孙大海",
        "13803550002",
        "dazhou@test.local、13803550003@test.local",
        "基本信息、走访慰问",
    ),
    (
        "112",
        "马村镇小周村退役军人服务站",
        "村",
        "11",
        "周小川",
        "13803550004",
        "xiaozhou@test.local",
        "基本信息、走访慰问、双纳入",
    ),
    ("12", "北城街道退役军人服务站", "乡镇", "1", "吴北", "13803550005", "beicheng@elsewhere.example", "走访慰问"),
    ("121", "北城街道建设路社区退役军人服务站", "社区", "12", "郑社", "13803550006", "", "基本信息"),
    ("122", "北城街道桥头村退役军人服务站", "村", "12", "冯桥", "13803550007", "not an address", "基本信息、解困帮扶"),
]
NAMES = ["张三丰", "李四光", "王五常", "陈六合", "杨七郎", "黄八极", "林九龄", "何十堰"]
SURNAME_HINT = "张**"


def config(**mail: str) -> dict[tuple[str, str], str]:
    """Return the settings of the sample; ``mail``: keys of [mail]."""
    given = {"kinds": "summary、township、findings、reminder、operator", "leaders": f"{LEADER}、{DEPUTY}", "operators": OPERATOR,
             "allowed_domains": "test.local", "per_minute": "0", "per_day": "0", "sender_name": "样县退役军人事务局",
             "contact": "办公室 0356-7654321", "user": SENDER, **mail}  # fmt: skip
    return {
        ("general", "county"): "样县", ("period", "from"): "2020-01-01", ("period", "to"): "2020-12-31", ("period", "today"): DUE,
        ("run", "workers"): "1", ("deadlines", "L1"): "2021-01-05", ("deadlines", "L7"): "2021-01-10", ("deadlines", "L2"): "2021-06-30",
        **{("mail", key): value for key, value in given.items()},
    }  # fmt: skip


def configure(workspace: Path, lang: str = "zh", **mail: str) -> None:
    """Write the settings."""
    (workspace / "config.ini").write_text(template(config(**mail) | {("general", "language"): lang}), encoding="utf-8")


def account(port: int, certificates: Certificates, *, security: str = "tls", **more: str) -> dict[str, str]:
    """Return the keys of [mail] that lead to a server on loopback."""
    return {"service": "smtp", "server": "localhost", "port": str(port), "security": security,
            "ca_file": str(certificates.authority), **more}  # fmt: skip


def identity(number: int) -> str:
    return make_id(f"19{60 + number % 30}0{1 + number % 9}1{number % 9}", number + 1)


def make_workspace(folder: Path) -> Path:
    """Make the county and run over it."""
    folder.mkdir(parents=True, exist_ok=True)
    configure(folder)
    rows = [[code, name, None, level, parent, None, contact, phone, mail, None, None, owes]
            for code, name, level, parent, contact, phone, mail, owes in STATIONS]  # fmt: skip
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *rows], sheet="站点")
    stations = folder / "workbooks/stations"
    people = list(enumerate(NAMES))
    register = [[name, "男" if int(identity(n)[16]) % 2 else "女", identity(n), "汉族", "退役士兵", "马村镇", f"{1978 + n % 30}.10",
                 f"{1988 + n % 30}.12", "2020.12.20" if n == 7 else None] for n, name in people]  # fmt: skip
    visits = [
        [None, name, identity(n), "春节走访", "实地走访", f"2020.{1 + n}.20", "李书记", "送上慰问", 500]
        for n, name in people
    ]
    visits[0][5] = None
    visits[1][2] = f"{identity(1)[:17]}Z"
    visits[2][1] = "王五常、陈六合"
    save_workbook(stations / "马村镇/大周村/基本信息.xlsx", [REGISTER, *register])
    save_workbook(stations / "马村镇/大周村/走访慰问（张三丰整理）.xlsx", [VISITS, *visits], sheet="张三丰")
    save_workbook(stations / "马村镇/小周村/走访慰问.xlsx", [VISITS, [None, "本月无"]])
    save_workbook(stations / "北城街道/建设路社区/基本信息.xlsx", [REGISTER, *register[:2]])
    save_workbook(
        stations / "北城街道/桥头村/解困帮扶.xlsx",
        [AID, ["何十堰", identity(7), "生活困难", "补助", 3000, "2020.12.5"]],
    )
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--json"], capture_output=True, text=True
    )
    assert done.returncode in (0, 3), done.stderr
    return folder


def taizhang(
    workspace: Path, *words: str, password: str | None = PASSWORD, lang: str = "zh", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Call ``taizhang mail``, as a shell would."""
    own = {"TAIZHANG_MAIL_PASSWORD": password} if password else {}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TAIZHANG_")}
    clean["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    return subprocess.run(
        [sys.executable, "-m", "toolkit", "mail", *words, "-C", str(workspace), "--lang", lang],
        capture_output=True, text=True, env={**clean, **own, **environment},
    )  # fmt: skip


def send(workspace: Path, *words: str, status: int = 0, **more: Any) -> dict[str, Any]:
    """Call ``taizhang mail send --json`` and return what it prints."""
    done = taizhang(workspace, "send", "--json", *words, **more)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def read(content: bytes) -> EmailMessage:
    """Return a message as a mail program of today reads it."""
    made = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def texts(message: EmailMessage) -> tuple[str, str]:
    """Return (plain text, HTML)."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
