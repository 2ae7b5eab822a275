"""A thousand people with made-up numbers and names, through a whole night with everything going wrong: none of them in any mail, notice, log,
traceback or on the screen. Only their ledgers, the store and the run's own report hold them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from mail_certificates import Certificates
from mail_samples import LEADER, OPERATOR, REGISTER, VISITS, account, configure, read, send, taizhang, texts
from mail_server import Server, serving

from tests.conftest import make_id, save_workbook
from toolkit.roster import HEADINGS

PEOPLE, VILLAGES = 1000, 10
SURNAMES = "赵钱孙李周吴郑王冯陈"


class Person:
    """Somebody whose name is made of characters that no sentence of ours holds."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = SURNAMES[number % 10] + chr(0x7200 + number // 32) + chr(0x7300 + number % 32)
        self.card = make_id(f"19{50 + number % 40}{1 + number % 9:02d}{10 + number % 18}", number % 400 + 1)
        self.phone = f"13{number % 10}{number * 7919 % 100_000_000:08d}"


CANARIES = [Person(number) for number in range(PEOPLE)]
SECRETS = {secret for person in CANARIES for secret in (person.name, person.card, person.phone)}


def secrets_in(text: str) -> set[str]:
    """Return the secrets that a text holds, however they are spaced."""
    found = {secret for secret in SECRETS if secret in text}
    squeezed = re.sub(r"[\s\-]", "", text)
    return found | {secret for secret in SECRETS if secret in squeezed}


def spread(folder: Path) -> None:
    """Write ten villages' ledgers, full of mistakes that make the toolkit speak of these people."""
    villages = [(str(1100 + n), f"马村镇第{n}村退役军人服务站", "村", "11") for n in range(VILLAGES)]
    rows = [["1", "样县退役军人服务中心", None, "市", None, None, CANARIES[0].name, CANARIES[0].phone, "city@test.local", None, None, "走访慰问"],
            ["11", "马村镇退役军人服务站", None, "乡镇", "1", None, CANARIES[1].name, CANARIES[1].phone, "macun@test.local", None, None, "双纳入"]]  # fmt: skip
    for number, (code, name, level, parent) in enumerate(villages):
        person = CANARIES[number + 2]
        rows.append(
            [
                code,
                name,
                None,
                level,
                parent,
                None,
                person.name,
                person.phone,
                f"v{number}@test.local",
                None,
                None,
                "基本信息、走访慰问、双纳入",
            ]
        )
    save_workbook(folder / "workbooks/roster.xlsx", [list(HEADINGS), *rows], sheet="站点")
    for number in range(VILLAGES):
        village(folder / f"workbooks/stations/马村镇/第{number}村", CANARIES[number * 99 : number * 99 + 99], number)


def village(folder: Path, people: list[Person], number: int) -> None:
    a, b, c, d = people[:4]
    stranger = CANARIES[PEOPLE - VILLAGES + number]  # in no register: known by nothing but the cell
    other = CANARIES[(number * 99 + 150) % (PEOPLE - VILLAGES)]
    register = [
        [
            p.name,
            "男" if int(p.card[16]) % 2 else "女",
            p.card,
            "汉族",
            "退役士兵",
            "马村镇",
            "1985.10",
            "1995.12",
            None,
            p.phone,
        ]
        for p in people
    ]
    register[0][1] = b.name  # a name among the choices
    register[9][1] = stranger.name
    register[9][3] = f"{stranger.name}{stranger.phone}"
    register[1][6] = f"{c.name} {c.phone}"  # a name for a date
    register[2][0] = f"{a.name}、{d.name}"  # two people in a cell
    register[3][0] = f"{d.name}（{a.name}之兄）"  # a remark after the name
    register[4][2] = people[4].phone  # the phone in the column of the ID
    register[5][2] = f"{people[5].card[:6]} {people[5].card[6:14]} {people[5].card[14:]}"
    register[6][2] = int(people[6].card[:17] + "0")
    register[7][2] = people[7].card[:17] + "Z"
    register[8][9] = f"{people[8].phone}/{people[9].phone}1"
    register[10][0] = people[10].card  # the ID in the column of the name
    register.append(
        [other.name, "男", people[11].card, "汉族", "退役士兵", "马村镇", "1985.10", "1995.12", None, other.phone]
    )
    register.append([f"经办人 {stranger.name}，电话 {a.phone}，证件 {a.card}"])
    register.append([None, None, other.card, *[None] * 7])
    save_workbook(
        folder / f"基本信息（{a.name}{a.phone}）.xlsx", [[*REGISTER, "联系电话"], *register], sheet=f"{b.name}整理"
    )
    visits = [[None, p.name, p.card, "春节走访", "实地走访", "2020.1.20", people[(n + 3) % 99].name, f"看望{p.name}，{p.phone}", 500]
              for n, p in enumerate(people[:40])]  # fmt: skip
    visits[0][8] = f"给{c.name}500元"
    visits[1][5] = stranger.name
    visits[2][3] = f"{a.name}来访"
    visits[3][5] = None
    save_workbook(
        folder / f"走访慰问 {c.card}.xlsx", [[f"填报单位：{d.name} {d.phone}"], VISITS, *visits], sheet=f"{c.phone}"
    )
    (folder / f"走访慰问 {d.name} {d.phone} {d.card}.xlsx").write_bytes(b"PK\x03\x04 broken")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Run over the county; return the workspace and what was said on the way."""
    folder = tmp_path_factory.mktemp("canary")
    configure(folder)
    spread(folder)
    command = [sys.executable, "-m", "toolkit", "run", "-C", str(folder), "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    findings = json.loads((folder / "workbooks/out/report.json").read_text(encoding="utf-8"))["findings"]
    assert len({finding["code"] for finding in findings}) > 12, "too little goes wrong to be a test"
    return folder, [done.stdout, done.stderr]


@pytest.fixture
def server(certificates: Certificates) -> Iterator[Server]:
    with serving(Server(), certificates) as running:
        yield running


def talkative(number: int) -> str:
    person = CANARIES[number % PEOPLE]
    return f"about {person.card} {person.phone}"


def test_a_night_tells_of_nobody(night: tuple[Path, list[str]], server: Server, certificates: Certificates) -> None:
    workspace, said = night
    keys = account(server.port, certificates, security="tls", seconds="1", allowed_domains="test.local")
    configure(workspace, **keys)

    def call(*words: str, **more: Any) -> int:
        done = taizhang(workspace, *words, **more)
        said.extend((done.stdout, done.stderr))
        return done.returncode

    kinds = ("summary", "township", "findings", "reminder", "weekly", "monthly", "quarterly")
    every = [word for kind in kinds for word in ("--kind", kind)]
    # a server that refuses, hesitates, drops and repeats what it was told
    faults = iter([f"451 4.7.1 {talkative(n)}" for n in range(3)] + [f"550 5.1.1 {talkative(n)}" for n in range(3, 5)])
    server.at_rcpt = lambda _: next(faults, None)
    server.drop = lambda recipient: recipient == "v1@test.local"
    call("send", *every, "--due", "2021-01-08")
    call("retry")
    call("send", "--kind", "summary", "--due", "2021-01-05", password=CANARIES[5].phone)
    call("check")
    call("send", "--kind", "summary", "--kind", "findings", "--due", "2021-01-06", "--again")
    # an operator is told of a failure by somebody who quotes
    note = workspace / "note.json"
    one = CANARIES[77]
    note.write_text(
        json.dumps(
            {
                "job": f"run {one.name}",
                "status": 70,
                "message": f"Traceback\n  KeyError: '{one.name} {one.card}'\n{one.phone}",
            }
        ),
        encoding="utf-8",
    )
    assert call("send", "--kind", "operator", "--note", str(note)) == 0
    # templates that stumble over what they were given
    templates = workspace / "workbooks/templates/zh"
    templates.mkdir(parents=True)
    for broken in (
        "{{ files[0].groups[0].message.nothing.at_all }}",
        "{{ files[0].groups | map(attribute='message') | sum }}",
        "{{ {}[files[0].name] }}",
    ):
        (templates / "findings.txt").write_text(f"主题：x\n{broken}", encoding="utf-8")
        assert call("send", "--kind", "findings", "--again") == 11
    # one that shows everything it can get
    shown = "主题：{{ station }} {{ files }}\n{{ files }} {{ errors }}"
    (templates / "findings.txt").write_text(shown, encoding="utf-8")
    assert call("send", "--kind", "findings", "--again", "--due", "2021-01-07") in (0, 3)
    call("--dry-run", "--json")
    call("--preview", "--json")
    call("list", "--all")
    call("list", "--all", "--json")
    call("audit")
    call("audit", "--json")
    call("notices")
    # a fault of our own, with a traceback in the log
    (workspace / "workbooks/.state/outbox.db").rename(workspace / "workbooks/.state/kept.db")
    (workspace / "workbooks/.state/outbox.db").write_bytes(b"no database" * 1000)
    for name in ("outbox.db-wal", "outbox.db-shm"):
        (workspace / "workbooks/.state" / name).unlink(missing_ok=True)
    assert call("send", "--kind", "findings") == 70

    assert len(server.got) > 35
    assert {LEADER, OPERATOR, "macun@test.local", "v3@test.local"} <= set(server.recipients())
    leaks = {f"screen {number}": secrets_in(text) for number, text in enumerate(said)}
    leaks["screen 0"] -= {
        person.name for person in CANARIES
    }  # the run itself names files that cannot be opened, as the office calls them
    for recipient, content in server.got:
        leaks |= {f"mail to {recipient}: {where}": secrets_in(text) for where, text in parts(content)}
    out, state = workspace / "workbooks/out", workspace / "workbooks/.state"
    written = [
        *(out / "notices").iterdir(),
        out / "通报.txt",
        *(out / "preview").iterdir(),
        *(state / "logs").glob("*"),
    ]
    assert any(path.parent.name == "logs" for path in written), "the fault left a log"
    assert len([path for path in written if path.parent.name == "notices"]) == VILLAGES + 1
    for path in written:
        leaks |= {f"{path.name}: {where}": secrets_in(text) for where, text in parts(path.read_bytes(), path.suffix)}
    assert {where: found for where, found in leaks.items() if found} == {}


def parts(content: bytes, suffix: str = ".eml") -> Iterator[tuple[str, str]]:
    """Yield everything that can be read in a mail or a file: headers, texts, and what attached workbooks hold."""
    yield "as it is", content.decode("utf-8", "replace")
    if suffix != ".eml":
        return
    message = read(content)
    yield "headers", " ".join(f"{name}: {value}" for name, value in message.items())
    yield from zip(("text", "html"), texts(message), strict=True)
    for attachment in message.iter_attachments():
        yield "attachment's name", str(attachment.get_filename())
        with zipfile.ZipFile(BytesIO(attachment.get_content())) as package:
            for name in package.namelist():
                yield name, package.read(name).decode("utf-8", "replace")


def test_the_canaries_would_be_seen() -> None:
    """The net itself: what is looked for is really found, in every guise."""
    one = CANARIES[123]
    assert len(SECRETS) == 3 * PEOPLE, "names, cards and phones are all different"
    assert secrets_in(f"x{one.name}y") == {one.name}
    assert secrets_in(f"{one.card[:6]} {one.card[6:14]}-{one.card[14:]}") == {one.card}
    assert secrets_in("张** 149999********0018 138****1234") == set()


def test_numbers_in_addresses_are_no_leak_in_the_record(
    night: tuple[Path, list[str]], server: Server, certificates: Certificates
) -> None:
    workspace, _ = night
    (workspace / "workbooks/.state/outbox.db").unlink(missing_ok=True)
    phone = CANARIES[9].phone
    configure(workspace, **account(server.port, certificates), leaders=f"{phone}@test.local")
    assert send(workspace, "--kind", "monthly")["sent"] == 1
    assert server.recipients() == [f"{phone}@test.local"]
    for words in (("list", "--all"), ("audit",), ("list", "--all", "--json"), ("audit", "--json"), ()):
        done = taizhang(workspace, *words)
        assert phone not in done.stdout + done.stderr, words
