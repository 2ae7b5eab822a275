"""Awards as ledgers word them: 第四届星火项目创业大赛 二等奖."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.characters import squeeze

_RANK = re.compile(
    "(特等奖|[一二三四]等奖|优秀(?:组织|项目|作品)?奖|优胜奖|鼓励奖|入围奖|金[奖牌]|银[奖牌]|铜[奖牌]|冠军|亚军|季军|"
    "第[一二三四五六七八]名|最[佳美][^，。；、]{0,8}?奖)"
)
_CONTEST = re.compile(
    "([^，。；;,、：:（）()]{2,40}?(?:大赛|比赛|竞赛|联赛|锦标赛|挑战赛|对抗赛|评选|评比|运动会|博览会))"
)
_BEFORE = re.compile("^.*?(?:参加了?|荣获了?|获得了?|摘得|夺得|斩获|在|获)(?=.{3})")
_QUOTES = str.maketrans("", "", "“”\"'《》「」")
_PRAISED = re.compile("获奖|奖项|表彰")
_WINNER = re.compile(
    "(?:获奖者|获奖人员?)[:：为是]?([\u3400-\u9fff·]{2,15})|^([\u3400-\u9fff·]{2,4}?)(?:荣?获|夺得|摘得)"
)


@dataclass(frozen=True, slots=True)
class Award:
    """One award. What a row does not say is empty; without a rank, ``contest`` is the row's own wording, which may name people."""

    contest: str
    rank: str
    person: str


def read_award(kind: str | None, name: str | None, deed: str | None) -> Award | None:
    """Return the award that a row tells of in its kind, name or deed; None where it tells of none.

    A rank counts with a contest beside it, or in a row that calls itself 获奖 or 表彰; such a row needs no rank.
    """
    kind, name, deed = (squeeze(text or "").translate(_QUOTES) for text in (kind, name, deed))
    rank = next((found.group(1) for text in (deed, name, kind) if (found := _RANK.search(text))), "")
    contests = [(text, found.group(1)) for text in (deed, name, kind) if (found := _CONTEST.search(text))]
    praised = bool(_PRAISED.search(kind))
    if rank and contests:
        source, contest = contests[0]
        return Award(_BEFORE.sub("", contest), rank, _person(name, deed, in_name=source == name))
    if not praised or not deed:
        return None
    return Award(_BEFORE.sub("", deed.removesuffix(rank)) or deed, rank, _person(name, deed, in_name=False))


def _person(name: str, deed: str, *, in_name: bool) -> str:
    """Return who won: the name, unless that is the contest's; then whom the deed names."""
    if not in_name and not _RANK.search(name):
        return name
    found = _WINNER.search(deed)
    return (found.group(1) or found.group(2)) if found else ""
