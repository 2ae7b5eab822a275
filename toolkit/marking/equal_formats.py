"""Whether two formats of a styles part mean the same, however different programs write them."""

from __future__ import annotations

from typing import Any

from toolkit.marking import xmlscan

_TRUTHS = {"true": "1", "false": "0"}
_DEFAULTS = {
    "alignment": {"textRotation": "0", "indent": "0", "shrinkToFit": "0", "wrapText": "0", "horizontal": "general"},
    "xf": {"xfId": "0", "quotePrefix": "0", "pivotButton": "0"},
    "border": {"diagonalUp": "0", "diagonalDown": "0", "outline": "1"},
    "u": {"val": "single"},
    "b": {"val": "1"},
    "i": {"val": "1"},
}
_SAYS_NOTHING = frozenset({"protection", "scheme", "extLst"})
_SIDES = frozenset({"left", "right", "top", "bottom", "diagonal", "vertical", "horizontal", "start", "end"})


def meaning(written: bytes) -> Any:
    """Return what one written format means, in a form that can be compared."""
    masked = xmlscan.mask(written)
    return _meaning(masked, next(xmlscan.children(masked, 0, len(masked))))


def _meaning(masked: bytes, element: xmlscan.Element) -> Any:
    name = element.local.decode()
    usual = _DEFAULTS.get(name, {})
    values = {}
    for key, value in element.attributes.items():
        tidy = value.upper() if key == "rgb" else _TRUTHS.get(value, value)
        if not key.startswith(("apply", "xmlns")) and ":" not in key and usual.get(key) != tidy:
            values[key] = tidy
    inside = [_meaning(masked, child) for child in xmlscan.children(masked, element.inner, element.close)]
    says = sorted((one for one in inside if one is not None), key=repr)
    if name in _SAYS_NOTHING or (
        name in _SIDES and not values.keys() - {"style"} and not says and values.get("style", "none") == "none"
    ):
        return None
    return name, tuple(sorted(values.items())), tuple(says)
