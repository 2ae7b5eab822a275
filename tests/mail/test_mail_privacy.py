"""What must never leave: numbers and names of persons, and counts of groups so small that their people can be made out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_certificates import Certificates
from mail_samples import DEPUTY, LEADER, account, configure, read, send, taizhang, texts
from mail_server import Server, serving
from openpyxl import load_workbook

from toolkit.addresses import is_allowed, split_addresses
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.mail.privacy import Discretion, guard, mask_name, words_of
from toolkit.output.figures import Figure, Part
from toolkit.output.small import hide_in_figures, hide_in_table, is_small


@pytest.mark.parametrize(
    ("name", "masked"), [("李慧敏", "李**"), ("李明", "李*"), ("阿里·买买提", "阿*****"), ("", ""), ("王", "王*")]
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("“走访日期”没有填，请补填", "“走访日期”没有填，请补填"),
        ("“李慧敏”不是日期，请写成 2020.1.1 的样子", "“李**”不是日期，请写成 2020.1.1 的样子"),
        ("“1985年底”不是确切日期，已按 1985 计，请核实", "“1985年底”不是确切日期，已按 1985 计，请核实"),
        (
            "这一行看不出是数据还是说明，没有计入：“欧阳震华 13803551234”",
            "这一行看不出是数据还是说明，没有计入：“欧***************”",
        ),
        ("“白由职业”已按“自由职业”汇总", "“白由职业”已按“自由职业”汇总"),
        ("“约300”不是确切金额", "“约300”不是确切金额"),
        (
            "这个身份证号在 马村镇（张三丰!5）登记的姓名是“张三丰”，请核对",
            "这个身份证号在 马村镇（张**!5）登记的姓名是“张**”，请核对",
        ),
        ("“党员”不在“政治面貌”的选项内，应为：中共党员、群众", "“党员”不在“政治面貌”的选项内，应为：中共党员、群众"),
        ("“马村镇东周村（李慧敏）”不在站点花名册里", "“马**********”不在站点花名册里"),
    ],
)
def test_sentences_keep_what_names_nobody(sentence: str, said: str) -> None:
    known = Discretion(["张三丰", "李慧敏"], words_of(load_dictionary()) | {"马村镇"})
    assert known.sentence(sentence) == said


@given(
    st.lists(st.sampled_from("赵钱孙李周吴郑王冯陈"), min_size=2, max_size=4).map("".join),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_a_known_name_is_found_wherever_it_stands(name: str, before: str, after: str) -> None:
    assert name not in Discretion([name]).text(before + name + after)


@given(st.text())
def test_the_guard_leaves_no_number_of_a_person_and_nothing_else_changed(text: str) -> None:
    secret = "149999198001010018"
    made = guard(f"{text} {secret} 13803551234")
    assert secret not in made
    assert "13803551234" not in made
    plain = "2020-12-31 20:00，140581107201，1,234.50 元"
    assert guard(plain) == plain


def test_addresses_as_people_list_them() -> None:
    assert split_addresses("a@x.gov.cn、B.c@QQ.com；a@x.gov.cn  d@163.com") == (
        ["a@x.gov.cn", "B.c@qq.com", "d@163.com"],
        [],
    )
    assert split_addresses("ａ＠x.gov.cn，无\n领导@x.cn") == (["a@x.gov.cn"], ["无", "领导@x.cn"])
    assert split_addresses("a@x，@x.cn,a@@x.cn a@-x.cn") == ([], ["a@x", "@x.cn", "a@@x.cn", "a@-x.cn"])
    assert is_allowed("a@x.gov.cn", ("gov.cn",))
    assert not is_allowed("a@evilgov.cn", ("gov.cn",))
    assert not is_allowed("a@gov.cn.evil.com", ("gov.cn",))


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(TABLES)
def test_a_hidden_count_does_not_follow_from_the_sums(parts: list[list[int]]) -> None:
    width = len(parts[0])
    table = [*parts, [sum(row[column] for row in parts) for column in range(width)]]
    shown = hide_in_table(table, list(range(width)), total=True, across=True)
    for row, given_row in zip(shown, table, strict=True):
        for cell, count in zip(row, given_row, strict=True):
            assert cell in (count, "<5"), "nothing is altered"
            assert not is_small(cell if isinstance(cell, int) else None)
    lines = [[row[column] for row in shown[:-1]] for column in range(width)] + [list(row) for row in shown]
    counts = [[row[column] for row in table[:-1]] for column in range(width)] + [list(row) for row in table]
    for line, real in zip(lines, counts, strict=True):
        hidden = [count for cell, count in zip(line, real, strict=True) if cell == "<5"]
        others = [count for cell, count in zip(line, real, strict=True) if cell != "<5" and count > 0]
        assert len(hidden) != 1 or not others, "the only hidden one of a line is the sum less the others"


def test_amounts_go_with_the_people_they_are_about() -> None:
    rows = [["甲", 1, 500.0], ["乙", 30, 9000.0], ["丙", 7, 2000.0], ["合计", 38, 11_500.0]]
    shown = hide_in_table(rows, [1], [2], total=True)
    assert [row[1:] for row in shown] == [["<5", None], [30, 9000.0], ["<5", None], [38, 11_500.0]]


def test_figures_about_few_people_have_no_value() -> None:
    def figure(value: float, unit: str = "people", rows: int = 50, parts: tuple[Part, ...] = ()) -> Figure:
        return Figure("x", "year", "L1", "x", value, unit, "", rows, parts=parts)

    few, many, money, sites = hide_in_figures([figure(3), figure(30), figure(900.0, "yuan", 2), figure(3, "stations")])
    assert (few.value, many.value, money.value, sites.value) == (None, 30, None, 3)
    parts = (Part("a", 20, 20), Part("b", 2, 2), Part("c", 9, 9))
    assert [part.value for part in hide_in_figures([figure(31, parts=parts)])[0].parts] == [20, None, None]


@pytest.fixture
def server(workspace: Path, certificates: Certificates) -> Iterator[Server]:
    with serving(Server(), certificates) as running:
        configure(workspace, **account(running.port, certificates))
        yield running


def cells(content: bytes) -> list[object]:
    book = load_workbook(BytesIO(content))
    return [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]


def test_few_people_are_told_to_the_house_and_hidden_from_others(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "summary", "--kind", "monthly", "--due", "2021-01-08")
    inside, outside = ([read(content) for to, content in server.got if to == name] for name in (LEADER, DEPUTY))
    month_inside, month_outside = (
        next(texts(one)[0] for one in own if "月报" in str(one["Subject"])) for own in (inside, outside)
    )
    assert "1 人次，1 人，资金与实物 3,000 元" in month_inside
    assert "<5 人次，<5 人，资金与实物 — 元" in month_outside
    assert "登记去世：1 人" in month_inside
    assert "登记去世：<5 人" in month_outside
    books = [
        next(one.iter_attachments()).get_content()
        for own in (inside, outside)
        for one in own
        if "汇总" in str(one["Subject"])
    ]
    assert "<5" not in cells(books[0])
    assert "<5" in cells(books[1])
    assert 3000 not in cells(books[1]), "the money of one person"
    assert 3000 in cells(books[0])
    assert "少于 5 人" in texts(outside[0])[0] + texts(outside[1])[0]


def test_nobody_outside_the_domains_where_the_settings_refuse(
    workspace: Path, server: Server, certificates: Certificates
) -> None:
    configure(workspace, **account(server.port, certificates), outside="refuse")
    done = taizhang(workspace, "send", "--kind", "summary", "--kind", "township")
    assert done.returncode == 0
    assert sorted(server.recipients()) == sorted([LEADER, "macun@test.local"])
    assert "2 个收件人不在 allowed_domains" in done.stderr


def test_without_domains_everybody_is_outside(workspace: Path, server: Server, certificates: Certificates) -> None:
    configure(workspace, **account(server.port, certificates), allowed_domains="")
    send(workspace, "--kind", "summary")
    for _, content in server.got:
        assert "<5" in cells(next(read(content).iter_attachments()).get_content())


def test_the_hidden_workbook_has_no_trace_of_what_is_hidden(workspace: Path, server: Server) -> None:
    send(workspace, "--kind", "summary")
    book = next(read(content) for to, content in server.got if to == DEPUTY)
    with zipfile.ZipFile(BytesIO(next(book.iter_attachments()).get_content())) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
    assert [name for name, content in parts.items() if ">3000<" in content or ">3000.0<" in content] == [], (
        "charts keep copies of numbers"
    )
