"""The generated pages of the manual: every finding code, every rule, every command, every setting, from where they are declared.

``python -m toolkit.manual docs`` writes them; a test fails when they are not current.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from toolkit.config import SCHEMA
from toolkit.ledgers.dictionary import load_dictionary
from toolkit.messages import LANGUAGES, names, text
from toolkit.output.figure_words import formula_of
from toolkit.output.figures import codes as figure_codes
from toolkit.output.figures import declared
from toolkit.rules import rule, rule_names

_BLOCKS = {"0": "文件 / Files", "1": "工作表和表头 / Sheets and headings", "2": "填写的内容 / Values", "3": "同一行 / Rows",
           "4": "一本台账 / Ledgers", "5": "跨台账、跨站点 / Across ledgers and stations", "6": "跨报告期 / Across periods",
           "9": "工具自身 / The toolkit itself"}  # fmt: skip
_NOTICE = "<!-- python -m toolkit.manual docs -->\n"


def codes() -> list[str]:
    """Return every finding code, in order of its number."""
    found = {
        name.partition(".")[0]
        for name in names()
        if name.endswith(".message") and name[:1] in "EWI" and name[1:4].isdigit()
    }
    return sorted(found, key=lambda code: (code[1:], "EWI".index(code[0])))


def findings_page() -> str:
    """Return the page of all finding codes."""
    lines = [
        _NOTICE,
        "# 问题代码 / Finding codes\n",
        "E 错误 error　W 待核对 warning　I 提示 information。代码不会改变。\n",
    ]
    block = ""
    for code in codes():
        if code[1] != block:
            block = code[1]
            lines.append(f"\n## {block}xx {_BLOCKS[block]}\n")
        lines.append(f"### {code} {text(f'{code}.title', 'zh')} · {text(f'{code}.title', 'en')}\n")
        lines += [f"> {text(f'{code}.message', lang)}\n\n{text(f'{code}.help', lang)}\n" for lang in ("zh", "en")]
    return "\n".join(lines)


def rules_page() -> str:
    """Return the page of all rules: each module's docstring, and the ledgers that use it."""
    lines = [_NOTICE, "# 检查规则 / Rules\n"]
    ledgers = load_dictionary().ledgers.values()
    for name in rule_names():
        users = "、".join(ledger.id for ledger in ledgers if any(spec.rule == name for spec in ledger.rules))
        lines.append(f"## {name}\n\n用于 used by: {users}\n\n{inspect.getdoc(rule(name))}\n")
    return "\n".join(lines)


def settings_page() -> str:
    """Return the page of all settings."""
    lines = [_NOTICE, "# config.ini\n"]
    for section, keys in SCHEMA.items():
        lines.append(f"\n## [{section}] {text(f'config.sections.{section}', 'zh')}\n")
        lines.append("| 项 key | 默认 default | 说明 | |\n|---|---|---|---|")
        for key, (default, _) in keys.items():
            chinese, english = (text(f"config.keys.{section}.{key}", lang) for lang in ("zh", "en"))
            lines.append(f"| `{key}` | `{default}` | {chinese} | {english} |")
    lines.append(f"\n## [deadlines] {text('config.sections.deadlines', 'zh')}\n")
    lines += [f"- `{ledger.id}` {ledger.name}" for ledger in load_dictionary().ledgers.values()]
    return "\n".join(lines) + "\n"


def ledgers_page() -> str:
    """Return the page of all ledgers with their fields."""
    lines = [_NOTICE, "# 台账 / Ledgers\n"]
    for ledger in load_dictionary().ledgers.values():
        lines.append(f"## {ledger.id} {ledger.name}\n")
        lines.append("| 列 field | 必填 required | 类型 type | 也认 also known as |\n|---|---|---|---|")
        lines += [
            f"| {spec.name} | {'√' if spec.required else ''} | {spec.type} | {'、'.join(spec.aliases)} |"
            for spec in ledger.fields.values()
        ]
        lines.append("")
    return "\n".join(lines)


def figures_page() -> str:
    """Return the page of all figures: what each means, how it is worked out, which report tells it."""
    lines = [_NOTICE, "# 指标 / Figures\n", *(text("figures_page.intro", lang) + "\n" for lang in LANGUAGES)]
    dictionary = load_dictionary()
    for section in ("year", "report", "key"):
        lines.append(f"\n## {' / '.join(text(f'figures_page.{section}', lang) for lang in LANGUAGES)}\n")
        for entry in declared():
            if entry["section"] == section:
                words, code = f"out.figure.{entry['id']}", figure_codes().get(entry["id"], "")
                lines.append(
                    f"### {code} {' · '.join(text(f'{words}.name', lang) for lang in LANGUAGES)}\n".replace(
                        "###  ", "### "
                    )
                )
                ledger = dictionary.ledgers[entry["ledger"]]
                for lang in LANGUAGES:
                    made = formula_of(dictionary, ledger, entry, lang)
                    lines += [
                        f"- {text(f'{words}.definition', lang)}",
                        f"- {text('figures_page.formula', lang, formula=made)}",
                    ]
                told = [text(f"figures_page.in_{kind}", "zh") for kind in entry.get("reports", ())]
                lines += [f"- {text('figures_page.told', 'zh', reports='、'.join(told))}\n" if told else ""]
    return "\n".join(lines)


PAGES = {"findings.md": findings_page, "rules.md": rules_page, "settings.md": settings_page, "ledgers.md": ledgers_page,
         "figures.md": figures_page}  # fmt: skip


def main(folder: Path) -> None:
    """Write every generated page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
