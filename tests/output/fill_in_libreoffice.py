"""Fills workbooks in in a live LibreOffice, as if typed; run by a Python that has its bridge, apart from the tests' own.

Arguments: the program, a profile, a file of jobs [[path, [[row, column, value], …]], …]. Prints "locked" for every workbook whose first
heading refused to be typed over.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue


def option(name: str, value: Any) -> Any:
    return PropertyValue(name, 0, value, 0)


def fill(desktop: Any, services: Any, path: str, entries: list[list[Any]]) -> None:
    document = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, (option("Hidden", True),))
    frame = document.CurrentController.Frame
    dispatcher = services.createInstance("com.sun.star.frame.DispatchHelper")
    sheet = document.Sheets.getByIndex(0)
    heading = sheet.getCellByPosition(0, 2)
    before = heading.String
    dispatcher.executeDispatch(frame, ".uno:GoToCell", "", 0, (option("ToPoint", "$A$3"),))
    dispatcher.executeDispatch(frame, ".uno:EnterString", "", 0, (option("StringName", "改掉"),))
    sys.stdout.write("locked\n" if heading.String == before else f"open:{heading.String}\n")
    for row, column, value in entries:
        name = sheet.getCellByPosition(column - 1, row - 1).AbsoluteName.rpartition(".")[2]
        dispatcher.executeDispatch(frame, ".uno:GoToCell", "", 0, (option("ToPoint", name),))
        dispatcher.executeDispatch(frame, ".uno:EnterString", "", 0, (option("StringName", str(value)),))
    document.storeToURL(Path(path).as_uri(), (option("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(True)


def main(soffice: str, profile: str, jobs: str) -> None:
    pipe = f"taizhang{time.time_ns()}"
    accept = f"--accept=pipe,name={pipe};urp;"
    office = subprocess.Popen([soffice, "--headless", "--norestore", f"-env:UserInstallation={profile}", accept])
    try:
        context = uno.getComponentContext()
        resolver = context.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        for _ in range(200):
            try:
                remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:  # noqa: BLE001 - whatever keeps it from answering yet
                time.sleep(0.2)
        services = remote.ServiceManager
        desktop = services.createInstance("com.sun.star.frame.Desktop")
        for path, entries in json.loads(Path(jobs).read_text(encoding="utf-8")):
            fill(desktop, services, path, entries)
        desktop.terminate()
        office.wait(30)
    finally:
        office.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
