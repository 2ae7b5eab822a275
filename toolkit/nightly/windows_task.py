"""The timetable as a task of the Windows Task Scheduler: the XML that ``schtasks /Create /XML`` takes."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

from toolkit.config import Config
from toolkit.messages import text
from toolkit.nightly.decide import Rules
from toolkit.nightly.jobs import TOOLKIT
from toolkit.nightly.timetable import timetable
from toolkit.times import LAST, Times

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_LOCAL_SYSTEM = "S-1-5-18"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_FIRST_DAY = "2026-01-01T"  # any day that has passed: the times count from it


def task_name(name: str) -> str:
    """Return what the task is called in the Task Scheduler."""
    return f"\\Taizhang\\{name}"


def task_xml(name: str, config: Config, *, system: bool) -> str:
    """Return the definition of the task, without an XML declaration.

    Settings that the Task Scheduler has the other way round: a missed start is caught up (StartWhenAvailable), a second start is
    ignored while one runs (MultipleInstancesPolicy), batteries do not matter, and three days are no limit (ExecutionTimeLimit).
    """
    table = timetable(config)
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    about = ET.SubElement(task, "RegistrationInfo")
    _add(about, "URI", task_name(name))
    _add(about, "Author", "Taizhang Toolkit")
    _add(about, "Description", text("service.description", config.language, folder=str(config.folder)))
    triggers = ET.SubElement(task, "Triggers")
    for times in table.values():
        _triggers(triggers, times)
    hourly = _trigger(triggers, "00:07:00", repeated=True)
    _add(ET.SubElement(hourly, "ScheduleByDay"), "DaysInterval", "1")
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
    _add(principal, "UserId", _LOCAL_SYSTEM if system else _user())
    if not system:
        _add(principal, "LogonType", "InteractiveToken")
    _add(principal, "RunLevel", "LeastPrivilege")
    longest = Rules.of(config).longest * max(len(table), 1) + timedelta(hours=1)
    settings = ET.SubElement(task, "Settings")
    for key, value in {
        "MultipleInstancesPolicy": "IgnoreNew", "DisallowStartIfOnBatteries": "false", "StopIfGoingOnBatteries": "false",
        "AllowHardTerminate": "true", "StartWhenAvailable": "true", "RunOnlyIfNetworkAvailable": "false", "AllowStartOnDemand": "true",
        "Enabled": "true", "Hidden": "false", "RunOnlyIfIdle": "false", "WakeToRun": "false",
        "ExecutionTimeLimit": f"PT{int(longest.total_seconds() // 60)}M", "Priority": "7",
    }.items():  # fmt: skip
        _add(settings, key, value)
    action = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
    _add(action, "Command", str(_silent_interpreter()))
    words = [*TOOLKIT, "nightly", "--pending", "-C", str(config.folder), "--lang", config.language]
    _add(action, "Arguments", subprocess.list2cmdline(words))
    ET.indent(task)
    return ET.tostring(task, encoding="unicode") + "\n"


def _triggers(parent: ET.Element, times: Times) -> None:
    at = f"{times.at:%H:%M}:00"
    if times.weekdays:
        week = ET.SubElement(_trigger(parent, at), "ScheduleByWeek")
        _add(week, "WeeksInterval", "1")
        days = ET.SubElement(week, "DaysOfWeek")
        for day in sorted(times.weekdays):
            ET.SubElement(days, _DAYS[day])
    elif not times.days:
        _add(ET.SubElement(_trigger(parent, at), "ScheduleByDay"), "DaysInterval", "1")
    for months, numbers in ((0, sorted(times.days - {LAST})), (2, sorted(times.days & {LAST}))):
        if numbers:
            month = ET.SubElement(_trigger(parent, at), "ScheduleByMonth")
            days = ET.SubElement(month, "DaysOfMonth")
            for number in numbers:
                _add(days, "Day", "Last" if number == LAST else str(number))
            named = ET.SubElement(month, "Months")
            for one in _MONTHS[months::3] if times.quarter else _MONTHS:
                ET.SubElement(named, one)


def _trigger(parent: ET.Element, at: str, *, repeated: bool = False) -> ET.Element:
    trigger = ET.SubElement(parent, "CalendarTrigger")
    _add(trigger, "Enabled", "true")
    _add(trigger, "StartBoundary", _FIRST_DAY + at)
    if repeated:
        repetition = ET.SubElement(trigger, "Repetition")
        _add(repetition, "Interval", "PT1H")
        _add(repetition, "Duration", "P1D")
    return trigger


def _add(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, name).text = value


def _user() -> str:
    domain = os.environ.get("USERDOMAIN")
    return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()


def _silent_interpreter() -> Path:
    """Return the interpreter that opens no window, where there is one."""
    own = Path(sys.executable)
    silent = own.with_name("pythonw.exe")
    return silent if silent.is_file() else own
