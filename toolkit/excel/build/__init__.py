"""The button workbook and the ribbon add-in, made from the text in ``macros/``: the same text gives the same bytes."""

from toolkit.excel.build.package import build
from toolkit.excel.build.settings import Settings

__all__ = ["Settings", "build"]
