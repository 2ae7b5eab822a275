"""How clerks spell a heading: line breaks, wide blanks, full-width or half-width brackets."""

from __future__ import annotations

import random

_MISTYPED = {
    "L1": (("文化程度", "文化成度"), ("部队代号", "部队代好"), ("婚姻状况", "婚烟状况"), ("户籍类别", "户藉类别")),
    "L2": (("走访地址", "走仿地址"), ("走访反馈", "走访反溃"), ("满意情况", "满意情况况"), ("慰问单位", "慰间单位")),
    "L4": (("就业意向", "就业意响"), ("单位名称", "单位各称"), ("文化程度", "文化成度")),
}


def mistyped(rng: random.Random, ledger: str) -> tuple[str, str]:
    """Return a field of a ledger and its heading with a typing error."""
    return rng.choice(_MISTYPED[ledger])


def spell(rng: random.Random, text: str) -> str:
    """Return a heading as somebody may have typed it; what it says stays the same."""
    chance = rng.random()
    if len(text) == 2 and chance < 0.3:
        return text[0] + rng.choice(("  ", "    ", "\n", "　", "\u00a0", " ")) + text[1]
    if len(text) >= 5 and chance < 0.25:
        at = rng.randint(2, len(text) - 2)
        return f"{text[:at]}\n{text[at:]}"
    if "(" in text and chance < 0.7:
        return text.replace("(", "（").replace(")", "）")
    if chance < 0.28:
        return rng.choice((f"{text} ", f" {text}", text))
    return text
