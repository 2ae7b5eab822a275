"""Mails as they look on a phone: drawn by a real browser at 375 pixels, nothing sticks out, charts have colour and length."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mail_samples import configure, taizhang

from tests.conftest import needs

PHONE = 375
_FRAME = '<iframe name="{name}" style="width:{width}px;height:4000px;border:0" srcdoc="{source}"></iframe>'
_MEASURE = """
<script>
function measure(page) {
  const root = page.documentElement;
  const cells = [...page.querySelectorAll("td[bgcolor]")].map(cell => {
    const box = cell.getBoundingClientRect();
    return {color: getComputedStyle(cell).backgroundColor, width: Math.round(box.width), height: Math.round(box.height)};
  });
  const texts = [...page.querySelectorAll("td, div")].filter(one => one.children.length === 0 && one.textContent.trim());
  return {
    wide: root.scrollWidth, cells: cells, smallest: Math.min(...texts.map(one => parseFloat(getComputedStyle(one).fontSize))),
    outside: texts.filter(one => one.getBoundingClientRect().right > root.clientWidth + 1).map(one => one.textContent.trim().slice(0, 40)),
    requests: [...page.querySelectorAll("[src], [background], link")].length,
  };
}
window.addEventListener("load", () => {
  const result = {};
  for (const frame of document.querySelectorAll("iframe")) result[frame.name] = measure(frame.contentDocument);
  const out = document.createElement("pre");
  out.id = "result";
  out.textContent = JSON.stringify(result);
  document.body.appendChild(out);
});
</script>
"""


def measured(browser: str, mails: list[Path], folder: Path) -> dict[str, Any]:
    """Return, by kind, what a browser measures of mails at a phone's width."""
    page = folder / "phones.html"
    frames = [
        _FRAME.format(name=mail.stem, width=PHONE, source=html.escape(mail.read_text(encoding="utf-8"), quote=True))
        for mail in mails
    ]
    page.write_text("<!DOCTYPE html><body>" + "".join(frames) + _MEASURE, encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000",
               "--dump-dom", page.as_uri()]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stderr[-2000:]
    made: dict[str, Any] = json.loads(html.unescape(found[1]))
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_mail_fits_a_phone(workspace: Path, tmp_path: Path, lang: str) -> None:
    browser = needs("chromium")
    configure(workspace, lang, service="")
    done = taizhang(workspace, "--preview", "--json", lang=lang)
    mails = [Path(path) for path in json.loads(done.stdout)["files"] if path.endswith(".html")]
    seen = measured(browser, mails, tmp_path)
    assert len(seen) == 8
    for kind, one in seen.items():
        assert one["wide"] <= PHONE, kind
        assert one["outside"] == [], kind
        assert one["smallest"] >= 12, kind
        assert one["requests"] == 0, kind
    # the summary's charts: coloured cells whose lengths follow the figures
    cells = seen["summary"]["cells"]
    lengths = [cell["width"] for cell in cells if cell["color"] == "rgb(201, 138, 43)" and cell["height"] == 14]
    assert len(lengths) >= 4, "a bar for each kind of finding"
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > 60
    assert lengths[-1] > 0
    assert {"rgb(79, 138, 91)", "rgb(181, 72, 58)"} & {cell["color"] for cell in cells}, (
        "received and missing have their colours"
    )
