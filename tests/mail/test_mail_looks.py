"""Mails as they look on a phone: drawn by a real browser at 375 pixels, nothing sticks out, charts have colour and length."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest
from mail_samples import configure, taizhang

from tests.conftest import needs

PHONE = 375
_MEASURE = """
<!DOCTYPE html><body style="margin:0"><iframe id="f" style="width:%dpx;height:4000px;border:0" srcdoc="%s"></iframe><script>
document.getElementById("f").addEventListener("load", function () {
  const page = this.contentDocument, root = page.documentElement;
  const cells = [...page.querySelectorAll("td[bgcolor]")].map(cell => {
    const box = cell.getBoundingClientRect();
    return {color: getComputedStyle(cell).backgroundColor, width: Math.round(box.width), height: Math.round(box.height)};
  });
  const texts = [...page.querySelectorAll("td, div")].filter(one => one.children.length === 0 && one.textContent.trim());
  const result = {
    wide: root.scrollWidth, tall: page.body.scrollHeight, cells: cells,
    smallest: Math.min(...texts.map(one => parseFloat(getComputedStyle(one).fontSize))),
    outside: texts.filter(one => one.getBoundingClientRect().right > %d + 1).map(one => one.textContent.trim().slice(0, 40)),
    requests: [...page.querySelectorAll("[src], [background], link")].length,
  };
  const out = document.createElement("pre"); out.id = "result"; out.textContent = JSON.stringify(result); document.body.appendChild(out);
});
</script>
"""


def measured(browser: str, mail: Path, folder: Path) -> dict[str, object]:
    """Return what a browser measures of a mail at a phone's width."""
    page = folder / f"{mail.stem}-phone.html"
    source = html.escape(mail.read_text(encoding="utf-8"), quote=True)
    page.write_text(_MEASURE % (PHONE, source, PHONE), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000",
               "--dump-dom", page.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stderr[-2000:]
    made: dict[str, object] = json.loads(html.unescape(found[1]))
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_mail_fits_a_phone(workspace: Path, tmp_path: Path, lang: str) -> None:
    browser = needs("chromium")
    configure(workspace, lang, service="")
    done = taizhang(workspace, "--preview", "--json", lang=lang)
    mails = [Path(path) for path in json.loads(done.stdout)["files"] if path.endswith(".html")]
    assert len(mails) == 8
    for mail in mails:
        seen = measured(browser, mail, tmp_path)
        assert seen["wide"] <= PHONE, (mail.name, seen["wide"])  # type: ignore[operator]
        assert seen["outside"] == [], mail.name
        assert seen["smallest"] >= 11, (mail.name, seen["smallest"])  # type: ignore[operator]
        assert seen["requests"] == 0
    # the summary's charts: coloured cells whose lengths follow the figures
    cells: list[dict[str, object]] = measured(browser, next(mail for mail in mails if mail.stem == "summary"), tmp_path)["cells"]  # type: ignore[assignment]
    bars = [cell for cell in cells if cell["color"] == "rgb(201, 138, 43)" and cell["height"] == 14]
    assert len(bars) >= 4, "a bar for each kind of finding"
    lengths = [int(str(bar["width"])) for bar in bars]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 60
    assert all(length > 0 for length in lengths)
    assert {"rgb(79, 138, 91)", "rgb(181, 72, 58)"} & {cell["color"] for cell in cells}, "received and missing have their colours"
