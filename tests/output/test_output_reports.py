"""The notice, report.json, the page, and the grouping they share."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import output_samples as samples
from output_samples import BEIXI, DONG, ID, MACUN, XI

from toolkit.model import Finding, Place, Severity
from toolkit.output.grouping import cell_ranges, group_findings
from toolkit.output.notice import write_notice
from toolkit.output.report_html import render, write_report_html
from toolkit.output.report_json import report, write_report_json
from toolkit.results import Results

HOSTILE = "</script><img src=x onerror=alert(1)>\u2028{{7*7}}"


def test_cells_are_listed_as_people_list_them() -> None:
    assert cell_ranges([f"D{n}" for n in range(5, 13)] + ["D20"]) == ["D5:D12", "D20"]
    assert cell_ranges(["B2", "A1", "A2", "B1", "D1"]) == ["A1:B2", "D1"]
    assert cell_ranges(["AA10", "Z10", "Z9"]) == ["Z9:Z10", "AA10"]
    assert cell_ranges([]) == []
    assert cell_ranges(["C3", "C3"]) == ["C3"]


def test_equal_findings_are_one_group() -> None:
    findings = [samples.missing(n) for n in (*range(5, 13), 20)] + [
        samples.missing(5, 3, field="姓名"),
        samples.missing(6, file="b.xlsx"),
    ]
    groups = group_findings(findings)
    assert [(group.count, group.ranges) for group in groups] == [(9, "D5:D12、D20"), (1, "C5"), (1, "D6")]
    assert groups[0].message == "“身份证号”没有填，请补填"


def test_the_notice_names_who_has_not_reported(tmp_path: Path) -> None:
    statuses = [(DONG, "L1", "missing"), (DONG, "L2", "reported"), (XI, "L1", "unreadable"), (XI, "L2", "missing"), (MACUN, "L2", "late"),
                *((BEIXI, ledger, "missing") for ledger in ("L1", "L2", "L3"))]  # fmt: skip
    data = write_notice(tmp_path / "通报.txt", samples.county({}, statuses=statuses)).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.decode("utf-8-sig").splitlines()
    assert "应报 8 份，已报 2 份，报送率 25.0%；未报 6 份，涉及 3 个站点" in lines
    assert "  东周村：基本信息" in lines
    assert "  西周村：基本信息（文件打不开，请重报）、走访慰问" in lines
    assert "  建设路社区：全部 3 种台账" in lines
    assert "二、迟报 1 份" in lines
    assert max(map(len, lines)) < 60


def test_the_notice_thanks_when_all_is_there(tmp_path: Path) -> None:
    content = write_notice(tmp_path / "n.txt", samples.county({}, statuses=[(DONG, "L1", "reported")])).read_text(
        "utf-8-sig"
    )
    assert "已按时报齐" in content
    assert "请以上站点" not in content


def test_report_json_has_its_fixed_shape_and_masks(tmp_path: Path) -> None:
    wrong = samples.missing(5, code="E205", value=ID, suggestion=ID, related=(Place(DONG, "b.xlsx", "S", 3, 4),))
    about = Finding(
        "E403",
        Severity.ERROR,
        Place(XI),
        {"station": "x", "ledger": "y", "deadline": ""},
        "L1",
        value=f"电话13812345678，证{ID}",
    )
    results = samples.county({"L1": [{"姓名": "张三"}]}, [wrong, about], [(DONG, "L1", "reported")])
    data = json.loads(write_report_json(tmp_path / "r.json", report(results, "/w")).read_text("utf-8"))
    assert list(data) == ["version", "run", "totals", "files", "stations", "findings"]
    assert list(data["run"]) == ["id", "started", "finished", "workspace"]
    assert list(data["totals"]) == ["stations", "reported", "files", "rows", "errors", "warnings", "fixed"]
    assert list(data["files"][0]) == ["path", "station", "status", "ledgers", "rows", "errors", "warnings", "marks"]
    assert data["stations"] == [{"station": DONG, "name": "马村镇东周村退役军人服务站", "ledger": "L1", "period": "2020-01-01/2020-12-31",
                                 "due": None, "status": "reported"}]  # fmt: skip
    first, second = data["findings"]
    assert list(first) == ["id", "code", "severity", "station", "file", "sheet", "cell", "ledger", "field", "row", "value", "message",
                           "suggestion", "related", "since"]  # fmt: skip
    assert (first["cell"], first["value"], first["related"]) == (
        "D5",
        "149999********0018",
        [{"file": "b.xlsx", "sheet": "S", "cell": "D3"}],
    )
    assert second["cell"] is None
    assert ID not in json.dumps(data)
    assert "13812345678" not in json.dumps(data)


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: tuple[str, str | None] = ("", None)
        self.texts: dict[tuple[str, str | None], str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside = (tag, dict(attrs).get("type"))

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data


def _hostile_county() -> Results:
    finding = samples.missing(5, file=f"workbooks/stations/{HOSTILE}.xlsx", sheet=HOSTILE, code="E219", field=HOSTILE,
                              params={"value": HOSTILE, "options": HOSTILE}, value=HOSTILE, suggestion=HOSTILE)  # fmt: skip
    return samples.county({}, [finding], [(MACUN, "L2", "missing")], name=HOSTILE, names={"macun": HOSTILE})


def test_a_hostile_name_is_only_text_in_the_page() -> None:
    page = render(_hostile_county())
    parsed = _Elements()
    parsed.feed(page)
    assert not [tag for tag, _ in parsed.found if tag in ("img", "iframe", "object", "embed", "link", "base")]
    assert sum(tag == "script" for tag, _ in parsed.found) == 2
    assert not [attrs for _, attrs in parsed.found if any(name.startswith("on") for name in attrs)]
    data = json.loads(parsed.texts["script", "application/json"])
    assert HOSTILE in data["rows"][0][6]
    assert "\u2028" not in parsed.texts["script", "application/json"]
    assert "49" not in page.partition("</title>")[0].rpartition("<title>")[2]


def test_the_page_needs_no_network_and_runs_only_its_own_script() -> None:
    page = render(samples.county({"L2": [samples.visit()]}))
    parsed = _Elements()
    parsed.feed(page)
    policy = next(
        attrs["content"]
        for tag, attrs in parsed.found
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    )
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; script-src 'sha256-" + digest)
    assert "http" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://", page)
    assert not [attrs for _, attrs in parsed.found if "style" in attrs], "the policy forbids them"
    assert "innerHTML" not in script
    assert "eval" not in script


def test_numbers_of_persons_are_masked_in_the_page() -> None:
    findings = [samples.missing(5, code="E205", value=ID), samples.missing(6, file=f"workbooks/stations/{ID}.xlsx", sheet="13812345678"),
                samples.missing(7, code="E221", field="联系电话", value="1381234", params={"reason": "x"})]  # fmt: skip
    page = render(samples.county({"L1": [{"姓名": "张三", "身份证号": ID}]}, findings))
    assert ID not in page
    assert "13812345678" not in page
    assert "1381234" not in page
    assert "149999********0018" in page
    assert "张三" not in page


def test_the_page_groups_and_counts(tmp_path: Path) -> None:
    results = samples.county(
        {"L1": [{"姓名": "张三"}]}, [samples.missing(n) for n in range(5, 13)], [(DONG, "L1", "reported")]
    )
    page = write_report_html(tmp_path / "report.html", results).read_text("utf-8")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1])
    assert [(row[1], row[7], row[8]) for row in data["rows"]] == [("E201", "D5:D12", 8)]
    assert "高平市退役军人服务台账检查报告" in page
    assert "东周村" in page


def test_twenty_thousand_findings_make_a_page_in_time() -> None:
    findings = [samples.missing(n % 60_000 + 5, file=f"workbooks/stations/{n % 1500}.xlsx", code="E219", params={"value": f"v{n}", "options": "a"})
                for n in range(20_000)]  # fmt: skip
    started = time.process_time()
    page = render(samples.county({}, findings))
    assert time.process_time() - started < 10
    assert len(page) < 12_000_000
