"""Names of persons.

Blanks inside (``张 三``) are tidied away and the separator of longer names becomes ``·`` U+00B7, both safe corrections.
An annotation (``张三（已故）``, ``王五*``) is cut off and named; several people in one cell, unreadable or private-use
characters are warnings. Every character of GB 18030 is welcome, at least 50 of them.

FAIL: ``张三、李四`` (W222)   ``张三（已故）`` (W223)   ``张�`` (W224)      PASS: ``张三``, ``阿里·买买提``
"""

from __future__ import annotations

import re
from typing import Any

from toolkit.characters import half_width, squeeze, visible
from toolkit.fields.base import Context, FieldSpec, FieldType, Parsed, as_text

_DOTS = str.maketrans("•・．‧●・｡", "·······")
_NOTE = re.compile(r"^(?P<name>[^()（）\[\]【】<>《》*＊★☆▲△#]+?)\s*(?P<note>[(（\[【<《].*[)）\]】>》]|[*＊★☆▲△#]+)$")
_SEPARATORS = re.compile(
    r"[、/,，;；&+\n\r|]+|(?<=[\u4e00-\u9fff]{2})\s+(?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff])(?:和|与|及)(?=[\u4e00-\u9fff]{2,3}$)"
)
_COMPOUND = re.compile(
    r"^(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|司空|夏侯|长孙|宇文|端木|申屠|公羊|澹台|轩辕|南宫|独孤|呼延|完颜|闻人|西门|万俟|赫连|濮阳|淳于|单于|太叔|公冶|宗政|仲孙|钟离|鲜于)\s+[\u4e00-\u9fff]{1,2}$"
)
_LABELLED = re.compile(r"^(?P<label>[\u4e00-\u9fff]{2,6})[::](?P<name>[\u4e00-\u9fff·]{2,8})$")
_NO_NAME = re.compile(
    r"之(?:子|女|妻|母|父|妹|弟|兄|姐|孙)$|全体|全村|全家|^本村|所有|[○×＊]|[xX]{1,2}$|\*{2,}$"
    r"|(?<=[\u4e00-\u9fff])\*+(?=[\u4e00-\u9fff])"
)
_NUMBERS = re.compile(r"\d{7,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_PLAIN = re.compile(r"(?:(?!等)[\u4e00-\u9fff]){2,3}")
_AND_OTHERS = re.compile(r"等\s*(\d+|[一二三四五六七八九十两]+)?\s*(人|名|户|位)")


def _odd(char: str) -> bool:
    return char in "?？#＃\ufffd□■" or "\ue000" <= char <= "\uf8ff" or "\U000f0000" <= char <= "\U0010ffff"


class PersonName(FieldType):
    """The name of one person; with ``several`` (visitors, signatories) of one or more."""

    width = 10

    def parse(self, raw: Any, spec: FieldSpec, context: Context) -> Parsed:  # noqa: ARG002 - a name stands for itself
        """Return the tidy name."""
        if raw.__class__ is str and _PLAIN.fullmatch(raw):
            return Parsed(raw)
        text = visible(as_text(raw))
        if not text:
            return Parsed()
        plain = squeeze(text)
        if len(plain) in (15, 18) and _NUMBERS.match(plain):
            return Parsed(None, "E208", {"field": spec.name, "what": "@an_id_number"})
        if _NUMBERS.fullmatch(plain):
            return Parsed(None, "E208", {"field": spec.name, "what": "@a_phone_number"})
        if not isinstance(raw, str) or text.isdigit():
            return Parsed(None, "W224", {"chars": text[:20]})
        if spec.several:
            return Parsed(half_width(text))
        if found := _LABELLED.match(squeeze(text)):
            return Parsed(found["name"], "W223", {"note": f"{found['label']}：", "name": found["name"]}, found["name"])
        if found := _NO_NAME.search(text):
            return Parsed(text, "W241", {"value": text[:20]})
        people = [] if _COMPOUND.match(text) else [part for part in _SEPARATORS.split(text) if part.strip()]
        if len(people) > 1 and not re.search(r"[A-Za-z]", text):
            return Parsed(None, "W222", {"count": len(people)})
        if _AND_OTHERS.search(text):
            return Parsed(None, "W222", {"count": "@several"})
        name, note = text, ""
        if found := _NOTE.match(text):
            name, note = found["name"], found["note"]
        tidy = self._tidy(name)
        if odd := "".join(sorted({char for char in tidy if _odd(char)})):
            return Parsed(tidy, "W224", {"chars": odd})
        if any(char.isdigit() for char in tidy):
            return Parsed(tidy, "W224", {"chars": "".join(char for char in tidy if char.isdigit())})
        if note:
            return Parsed(tidy, "W223", {"note": note, "name": tidy}, tidy)
        if tidy != text:
            return Parsed(tidy, "I225", {}, tidy, safe=True)
        return Parsed(tidy)

    @staticmethod
    def _tidy(name: str) -> str:
        name = name.translate(_DOTS)
        if _HAN.search(name):
            return re.sub(r"\s+", "", name).replace(".", "·")
        return re.sub(r"\s+", " ", half_width(name)).strip()

    def resembles(self, raw: Any, spec: FieldSpec, context: Context) -> bool:  # noqa: ARG002 - see parse
        """A name is two to four Han characters, or more with a separator."""
        if not isinstance(raw, str):
            return False
        name = self._tidy(visible(raw))
        return bool(_HAN.match(name)) and (2 <= len(name) <= 4 or "·" in name)


TYPE = PersonName()
