"""Mistakes in a person's own data: IDs, names, sex, dates of birth and service, coded columns, phones, accounts."""

from __future__ import annotations

import random
from datetime import date

from toolkit.demo import definitions
from toolkit.demo.office import Kind, Spoil, cell_kind, skip
from toolkit.demo.people import FAMILY, age_on, check_digit
from toolkit.demo.rows import Formula, Row, Shown

_FULL = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


def _id(row: Row) -> str:
    return str(row.values["身份证号"])


def _id_as_number(_: random.Random, row: Row) -> Shown:
    return float(_id(row)[:15] + "000") if not _id(row).endswith("X") else skip()


def _id_short(rng: random.Random, row: Row) -> Shown:
    at = rng.randint(7, 16)
    return _id(row)[:at] + _id(row)[at + 1 :]


def _id_long(rng: random.Random, row: Row) -> Shown:
    at = rng.randint(7, 16)
    return _id(row)[:at] + _id(row)[at] + _id(row)[at:]


def _id_letters(_: random.Random, row: Row) -> Shown:
    text = _id(row)
    at = text.rfind("0", 0, 17)
    if at > 6:
        return f"{text[:at]}O{text[at + 1 :]}"
    at = text.rfind("1", 6, 17)
    return f"{text[:at]}l{text[at + 1 :]}" if at > 6 else skip()


def _id_birth(rng: random.Random, row: Row) -> Shown:
    text = _id(row)
    first = text[:10] + rng.choice(("1345", "0231", "0431", "0632", "1131")) + text[14:17]
    return first + check_digit(first)


def _id_check(rng: random.Random, row: Row) -> Shown:
    text = _id(row)
    return text[:17] + rng.choice([c for c in "0123456789X" if c != text[17]])


def _id_old(_: random.Random, row: Row) -> Shown:
    text = _id(row)
    return text[:6] + text[8:17] if text[6:8] == "19" else skip()


def _id_spaced(rng: random.Random, row: Row) -> Shown:
    text = _id(row)
    gap = rng.choice((" ", "-"))
    return f"{text[:6]}{gap}{text[6:14]}{gap}{text[14:]}"


def _id_x(rng: random.Random, row: Row) -> Shown:
    text = _id(row)
    return text[:17] + rng.choice("xｘＸ×") if text.endswith("X") else text.translate(_FULL)


def _swapped(name: str, ledger: str) -> Kind:
    def spoil(_: random.Random, row: Row) -> Shown:
        row.shown["联系电话"] = _id(row)
        return str(row.values["联系电话"])

    return cell_kind(
        name, "E208", ledger, "身份证号", spoil, also=("联系电话",), quiet=ledger == "L1", needs=("联系电话",)
    )


def _padded(field: str) -> Spoil:
    def spoil(rng: random.Random, row: Row) -> Shown:
        name = str(row.values[field])
        return name[0] + rng.choice(("  ", "　", " ")) + name[1] if len(name) == 2 else skip()

    return spoil


def _annotated(rng: random.Random, row: Row) -> Shown:
    return f"{row.values['姓名']}{rng.choice(('（户主）', '(户主)', '*', '（外出）', '（随军）'))}"


def _odd_name(rng: random.Random, row: Row) -> Shown:
    name = str(row.values["姓名"])
    return name[:-1] + rng.choice("�?\ue5e5") if len(name) > 2 else skip()


def _odd_dot(rng: random.Random, row: Row) -> Shown:
    name = str(row.values["姓名"])
    return name.replace("·", rng.choice("•・．‧")) if "·" in name else skip()


def _other_sex(_: random.Random, row: Row) -> Shown:
    return "女" if row.values["性别"] == "男" else "男"


def _other_birth(_: random.Random, row: Row) -> Shown:
    born = row.values["出生日期"]
    assert isinstance(born, date)
    return f"{born.year}.{born.month - 2:02d}.{min(born.day, 28):02d}" if born.month > 2 else skip()


def _stale_age(rng: random.Random, row: Row) -> Shown:
    age = row.values["年龄"]
    return age - rng.randint(3, 6) if isinstance(age, int) and age > 30 else skip()


def _synonym(codes: str, field: str) -> Spoil:
    def spoil(rng: random.Random, row: Row) -> Shown:
        said = definitions.synonyms(codes).get(str(row.values.get(field)), ())
        return rng.choice(said) if said else skip()

    return spoil


def _choice(*words: str) -> Spoil:
    return lambda rng, _: rng.choice(words)


def served(row: Row) -> bool:
    """Tell whether the record shows a time in service."""
    values = row.values
    return (
        values.get("退役时间") is not None and values.get("去世时间") is None and values.get("人员类别") not in FAMILY
    )


def _missing(field: str, ledger: str = "L1", *, quiet: bool = False) -> Kind:
    words = (None, None, None, None, "无", "/", "不详", "—", "待核")

    def spoil(rng: random.Random, row: Row) -> Shown:
        return rng.choice(words) if row.values.get(field) is not None else skip()

    return cell_kind(
        f"missing: {field}", "E201", ledger, field, spoil, quiet=quiet, suits=served if ledger == "L1" else _any
    )


def _any(_: Row) -> bool:
    return True


def _full_width(row: Row, field: str) -> Shown:
    day = row.values[field]
    assert isinstance(day, date)
    return f"{day.year}.{day.month:02d}".translate(_FULL)


def _year_end(row: Row, field: str) -> Shown:
    day = row.values[field]
    assert isinstance(day, date)
    return f"{day.year}年底" if day.month == 12 and day.year < 2020 else skip()


def _jan_or_oct(row: Row, field: str) -> Shown:
    day = row.values[field]
    assert isinstance(day, date)
    return round(day.year + 0.1, 1) if day.month in (10, 11, 12) else skip()


def _impossible(rng: random.Random, row: Row) -> Shown:
    day = row.values["入伍时间"]
    assert isinstance(day, date)
    return rng.choice((f"{day.year}.13", f"{day.year}.02.30", f"{day.year}-11-31"))


def _short_phone(rng: random.Random, row: Row, field: str = "联系电话") -> Shown:
    phone = str(row.values[field])
    return rng.choice((phone[:10], phone + "5", "2" + phone[1:], phone[:7]))


def _age_formula(result: str | None, text: str) -> Spoil:
    return lambda _, __: Formula(text, result)


def _rural_but_young(_: random.Random, row: Row) -> Shown:
    assert row.person
    return "年满60周岁农村籍退役士兵" if age_on(row.person.birth, date(2020, 12, 31)) < 55 else skip()


def person_kinds() -> list[Kind]:
    """Return the kinds of this module."""
    kinds: list[Kind] = [
        cell_kind("ID stored as a number", "E206", "L1", "身份证号", _id_as_number, quiet=True, excel=True),
        cell_kind("ID of 17 digits", "E202", "L1", "身份证号", _id_short, quiet=True),
        cell_kind("ID of 19 digits", "E202", "L3", "身份证号", _id_long),
        cell_kind("letters in an ID", "E203", "L1", "身份证号", _id_letters, quiet=True),
        cell_kind("ID with an impossible birth date", "E204", "L1", "身份证号", _id_birth, quiet=True),
        cell_kind("ID check digit", "E205", "L1", "身份证号", _id_check, quiet=True),
        cell_kind("ID check digit in aid", "E205", "L3", "身份证号", _id_check),
        cell_kind("ID check digit in visits", "E205", "L2", "身份证号", _id_check),
        cell_kind("ID of 15 digits", "W207", "L1", "身份证号", _id_old, quiet=True),
        cell_kind("ID with blanks or hyphens", "I225", "L1", "身份证号", _id_spaced),
        cell_kind("ID in full-width characters or with another x", "I225", "L2", "身份证号", _id_x),
        _swapped("ID and phone swapped", "L1"),
        _swapped("ID and phone swapped in aid", "L3"),
        cell_kind("name with blanks inside", "I225", "L1", "姓名", _padded("姓名")),
        cell_kind("name with an annotation", "W223", "L1", "姓名", _annotated, quiet=True),
        cell_kind("name with an unreadable character", "W224", "L1", "姓名", _odd_name, quiet=True),
        cell_kind("name with another separator dot", "I225", "L1", "姓名", _odd_dot, needs_dot=True),
        cell_kind("sex against ID", "W209", "L1", "性别", _other_sex),
        cell_kind("birth date against ID", "W210", "L1", "出生日期", _other_birth),
        cell_kind("stale age", "W229", "L1", "年龄", _stale_age),
        cell_kind("party membership in other words", "I220", "L1", "政治面貌", _synonym("政治面貌", "政治面貌")),
        cell_kind("category in other words", "I220", "L1", "人员类别", _synonym("人员类别", "人员类别")),
        cell_kind("schooling in other words", "I220", "L1", "文化程度", _synonym("文化程度", "文化程度")),
        cell_kind("schooling not in the list", "E219", "L1", "文化程度", _choice("念过几年书", "夜校", "军校")),
        cell_kind("marital status not in the list", "E219", "L1", "婚姻状况", _choice("有对象", "家中有妻")),
        cell_kind("unusual state of health", "W219", "L1", "健康状况", _choice("有慢性疾病", "有慢病")),
        cell_kind("impossible month", "E211", "L1", "入伍时间", _impossible, suits=served),
        cell_kind("no date at all", "E214", "L1", "退役时间", _choice("不记得了", "六几年", "当兵三年后"), suits=served),
        cell_kind("vague date", "W215", "L1", "退役时间", lambda _, r: _year_end(r, "退役时间"), suits=served),
        cell_kind("date that may be January or October", "W212", "L1", "入伍时间", lambda _, r: _jan_or_oct(r, "入伍时间"),
                  suits=served, excel=True),
        cell_kind("date in full-width characters", "I225", "L1", "入伍时间", lambda _, r: _full_width(r, "入伍时间"), suits=served),
        cell_kind("date in the future", "W213", "L1", "批准日期", _choice("2052-05-01", "2091-08-01"),
                  suits=lambda r: r.values.get("批准日期") is not None),
        cell_kind("phone number", "E221", "L1", "联系电话", _short_phone),
        cell_kind("phone number in visits", "E221", "L2", "走访人联系方式", lambda r, w: _short_phone(r, w, "走访人联系方式")),
        cell_kind("formula error", "E227", "L1", "年龄", _age_formula("#REF!", "=2020-#REF!"), excel=True),
        cell_kind("formula without a result", "W228", "L4", "年龄", _age_formula(None, "=YEAR(TODAY())-1975"), excel=True,
                  harmless=True),
        cell_kind("account stored as a number", "E236", "L1", "银行账号", lambda _, r: float(f"{str(r.values['银行账号'])[:15]}0000"),
                  excel=True),
        cell_kind("account too short", "W237", "L1", "银行账号", lambda _, r: str(r.values["银行账号"])[:6]),
        cell_kind("rural veteran over 60, too young", "W310", "L1", "优抚对象类别", _rural_but_young, suits=served),
        _missing("姓名", quiet=True),
        _missing("身份证号", quiet=True),
        _missing("性别"),
        _missing("民族"),
        _missing("人员类别"),
        _missing("户籍地"),
        _missing("入伍时间"),
        _missing("退役时间"),
    ]  # fmt: skip
    return kinds
