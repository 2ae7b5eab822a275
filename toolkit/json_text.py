"""JSON as a text that people can look through: every entry of a list on a line of its own."""

from __future__ import annotations

import json
from typing import Any


def json_text(data: Any) -> str:
    """Return a value as JSON; of an object the lists' entries stand a line each. The encoder's own indentation costs four times as much."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    if not isinstance(data, dict):
        return encode(data) + "\n"
    parts = []
    for name, value in data.items():
        lines = ",\n  ".join(map(encode, value)) if isinstance(value, list) else ""
        parts.append(f" {encode(name)}: " + (f"[\n  {lines}\n ]" if lines else encode(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"
