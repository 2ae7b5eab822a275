"""An xlwings engine on LibreOffice Calc: the same button code on Linux desktops without Excel.

Written against ``xlwings.base_classes`` (the BSD part) only, and only as wide as the buttons need it; what it does not offer
raises ``NotImplementedError`` there. LibreOffice is reached over UNO; see ``office`` for how.
"""

from toolkit.excel.libreoffice.engine import attach
from toolkit.excel.libreoffice.office import OfficeUnavailable

__all__ = ["OfficeUnavailable", "attach"]
