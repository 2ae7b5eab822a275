"""What the toolbox workbook and the code behind its buttons both call by name."""

from __future__ import annotations

CONSOLE_FILE, ADDIN_FILE, RESIDENT_FILE = "台账工具箱.xlsm", "台账工具箱.xlam", "常驻服务.bat"

GROUPS = {
    "book": ("check", "clear", "accept", "take-back"),
    "county": ("check-all", "consolidate", "mark-all", "summary", "send"),
    "look": ("missing", "report"),
    "tool": ("self-check", "stop"),
}
"""The buttons in the order people see them."""

MACROS = {
    "check": "BtnCheck",
    "clear": "BtnClear",
    "accept": "BtnAccept",
    "take-back": "BtnTakeBack",
    "check-all": "BtnCheckAll",
    "consolidate": "BtnConsolidate",
    "mark-all": "BtnMarkAll",
    "summary": "BtnSummary",
    "send": "BtnSend",
    "missing": "BtnMissing",
    "report": "BtnReport",
    "self-check": "BtnSelfCheck",
    "stop": "BtnStop",
}
"""The macro of each button."""

STEP, BAR, WHEN, WHAT, RESULT = "tz_step", "tz_bar", "tz_when", "tz_what", "tz_result"
OWED, REPORTED, ERRORS, WARNINGS = "tz_owed", "tz_reported", "tz_errors", "tz_warnings"
STATIONS = "tz_stations"
"""Names defined in the toolbox: single cells, and the first cell of the list of stations."""

STATION_COLUMNS = ("name", "state", "owed", "sent", "missing", "errors", "warnings")


def version() -> str:
    """Return what macros and program must agree on."""
    from importlib.metadata import version as installed

    return installed("taizhang-toolkit")
