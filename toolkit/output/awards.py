"""Awards as ledgers word them: 第四届星火项目创业大赛 二等奖."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.characters import squeeze

_RANK = re.compile(
    "(特等奖|[一二三四]等奖|优秀(?:组织|项目|作品)?奖|优胜奖|鼓励奖|入围奖|金[奖牌]|银[奖牌]|铜[奖牌]|冠军|亚军|季军|第[一二三四五六七八]名|最[佳美]\\S{0,8}?奖|"
    "(?:先进|模范|优秀|最美)(?:个人|集体|单位|退役军人|军嫂|典型|工作者))"
)
_CONTEST = re.compile("([^，。；;,、：:\\s（）()“”《》]{0,30}?(?:大赛|比赛|竞赛|联赛|锦标赛|挑战赛|对抗赛|评选|评比|大会|博览会))")
_BEFORE = re.compile("^.*?(?:参加了?|荣获了?|获得了?|摘得|夺得|斩获|在|获|于(?=第|全))(?=.{4})")
_KINDS = re.compile("获奖|奖项|竞赛|大赛|比赛|表彰")


@dataclass(frozen=True, slots=True)
class Award:
    """One award. What a row does not say is empty."""

    contest: str
    rank: str
    person: str


def read_award(kind: str | None, name: str | None, deed: str | None) -> Award | None:
    """Return the award that a row tells of in its kind, name or deed; None where it tells of none."""
    kind, name, deed = (squeeze(text or "") for text in (kind, name, deed))
    for text in (deed, name, kind):
        rank = _RANK.search(text)
        contest = _CONTEST.search(text)
        if rank is None or (contest is None and not _KINDS.search(kind)):
            continue
        title = _title(contest.group(1) if contest else text[: rank.start()])
        person = name if text is not name else ""
        if not title and text is deed:
            title = kind if _CONTEST.search(kind) else ""
        return Award(title or name, rank.group(1), person if title else "")
    if _KINDS.search(kind) and name:
        contest = _CONTEST.search(deed) or _CONTEST.search(name)
        return Award(_title(contest.group(1)) if contest else name, "", name if contest and contest.string is deed else "")
    return None


def _title(text: str) -> str:
    return _BEFORE.sub("", text).strip("“”《》")
