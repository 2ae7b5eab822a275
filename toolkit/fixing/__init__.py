"""Corrections in a station's own workbook, only when asked for: written cell by cell, logged, and taken back by one command.

``fix`` writes the safe suggestions of the check and appends the sheet 更正记录; ``adopt`` makes a marked copy into which somebody
typed the station's current ledger.
"""

from toolkit.fixing.adopt import adopt
from toolkit.fixing.compare import Change, Difference
from toolkit.fixing.corrections import Correction, corrections_of
from toolkit.fixing.engine import FixResult, fix, undo_fix
from toolkit.fixing.files import FixedFile, fix_files
from toolkit.fixing.listing import AdoptResult
from toolkit.fixing.log import FIX_TITLE, is_fix_sheet
from toolkit.model import FIX_SHEET

__all__ = [
    "FIX_SHEET",
    "FIX_TITLE",
    "AdoptResult",
    "Change",
    "Correction",
    "Difference",
    "FixResult",
    "FixedFile",
    "adopt",
    "corrections_of",
    "fix",
    "fix_files",
    "is_fix_sheet",
    "undo_fix",
]
