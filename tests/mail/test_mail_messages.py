"""Messages as programs old and new read them: names, subjects and attachments in Chinese, 7-bit lines, encryption that opens again."""

from __future__ import annotations

import email
import email.policy
import io
import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_samples import read, texts
from test_mail_transport import settings as account

from toolkit.mail.attach import Attachment, safe_name
from toolkit.mail.compose import message
from toolkit.mail.rendering import Rendered
from toolkit.marking.encryption import encrypted

NAME = "高平市退役军人服务站台账汇总表（2020年12月31日）最终版.xlsx"
SUBJECT = "高平市台账汇总 2020-12-31：报送率 98.5%，错误 1,234 处 𠮷"
NOW = datetime(2020, 12, 31, 20, tzinfo=UTC)


def made(
    subject: str = SUBJECT,
    text: str = "各位领导：\n.\n..\n",
    name: str = NAME,
    sender_name: str = "高平市退役军人事务局, “办公室”",
) -> bytes:
    rendered = Rendered(subject, text, f"<p>{text}</p>")
    given = account(465, None, sender_name=sender_name, reply_to="office@test.local")
    return message(
        given, "leader@test.local", rendered, [Attachment(name, b"PK" + bytes(range(256)) * 20)], "<1@test.local>", NOW
    )


def words(raw: str) -> str:
    """Return a header as a program reads it that decodes each encoded word by itself, as Outlook does."""
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in decode_header(raw)
    )


def attachment(content: bytes) -> Message:
    return next(
        part for part in email.message_from_bytes(content).walk() if part.get_content_disposition() == "attachment"
    )


def test_programs_of_today_read_everything() -> None:
    seen = read(made())
    assert (seen["Subject"], seen["To"], seen["Reply-To"]) == (SUBJECT, "leader@test.local", "office@test.local")
    assert seen["From"].addresses[0].addr_spec == "bot@test.local"
    assert (seen["Message-ID"], seen["Auto-Submitted"]) == ("<1@test.local>", "auto-generated")
    assert texts(seen)[0].splitlines() == ["各位领导：", ".", ".."]
    files = list(seen.iter_attachments())
    assert [file.get_filename() for file in files] == [NAME]
    assert files[0].get_content() == b"PK" + bytes(range(256)) * 20
    assert seen.defects == []
    assert all(part.defects == [] for part in seen.walk())


def test_programs_of_yesterday_read_the_names_of_attachments_both_ways() -> None:
    part = attachment(made())
    # Outlook and QQ: RFC 2047 words in the name of Content-Type
    raw = re.sub(r"\r?\n", "", str(part["Content-Type"]))
    named = re.search(r'name="(.*)"', raw)
    assert named is not None
    assert words(named[1]) == NAME
    # the standard: RFC 2231 in Content-Disposition
    assert "filename*0*=utf-8''" in str(part["Content-Disposition"])
    assert part.get_filename() == NAME
    assert part.get_content_type() == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_subject_and_sender_are_whole_words_in_short_lines() -> None:
    content = made()
    head = email.message_from_bytes(content)
    assert words(str(head["Subject"])) == SUBJECT
    assert words(str(head["From"])).startswith("高平市退役军人事务局, “办公室”")
    for line in content.split(b"\r\n"):
        assert len(line) <= (78 if b"spreadsheetml" not in line else 81), line
        assert line.isascii()
        for word in re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", line, re.IGNORECASE):
            assert len(word) <= 75
            words(word.decode())  # each by itself: no character is split between two
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=80))
def test_any_name_survives_and_harms_no_file_system(stem: str) -> None:
    name = safe_name(stem, ".xlsx")
    assert len(name) <= 40
    assert not set(name) & set('\\/:*?"<>|')
    content = made(name=name)
    part = attachment(content)
    named = re.search(r'name="(.*)"', re.sub(r"\r?\n", "", str(part["Content-Type"])))
    assert named is not None
    assert part.get_filename() == name
    assert (words(named[1]) if "=?" in named[1] else named[1]) == name
    assert all(len(line) <= 81 for line in content.split(b"\r\n"))


@pytest.mark.parametrize("evil", ["x\r\nBcc: a@b.cn", "x\nBcc: a@b.cn"])
def test_a_line_break_adds_no_header(evil: str) -> None:
    try:
        seen = read(made(subject=evil, sender_name=evil))
    except ValueError:
        return
    assert seen["Bcc"] is None


def test_numbers_that_a_template_let_through_are_masked_and_the_office_keeps_its_phone() -> None:
    given = account(465, None, sender_name="局", contact="张科长 13803551234")
    said = "149999198001010018、149999800101001、13900001111、6222021234567890123；联系 13803551234；2020-12-31 20:00"
    content = message(given, "a@test.local", Rendered(said, said, f"<p>{said}</p>"), [], "<1@test.local>", NOW)
    seen = read(content)
    for part in (str(seen["Subject"]), *texts(seen)):
        for secret in ("149999198001010018", "149999800101001", "13900001111", "6222021234567890123"):
            assert secret not in part
        assert "13803551234" in part
        assert "2020-12-31 20:00" in part


@pytest.mark.parametrize("rows", [0, 1, 40, 3000])
def test_an_encrypted_workbook_opens_with_its_password_only(rows: int) -> None:
    """Small packages come out of the encryption broken unless they are padded."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError
    from openpyxl import Workbook, load_workbook

    book, plain = Workbook(), io.BytesIO()
    for row in range(rows):
        book.active.append([f"单位 {row}", row])
    book.save(plain)
    closed = encrypted(plain.getvalue(), "另行告知 123")
    office, opened = msoffcrypto.OfficeFile(io.BytesIO(closed)), io.BytesIO()
    office.load_key(password="另行告知 123", verify_password=True)
    office.decrypt(opened)
    assert [cell.value for cell in load_workbook(opened).active["B"]][:3] == ([0, 1, 2][:rows] or [None])
    with pytest.raises(InvalidKeyError):
        msoffcrypto.OfficeFile(io.BytesIO(closed)).load_key(password="wrong", verify_password=True)
