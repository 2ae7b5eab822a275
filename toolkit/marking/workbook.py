"""The list of sheets in the workbook part, and the names defined there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.marking import xmlscan
from toolkit.marking.cells import NOTHING, read_cells
from toolkit.marking.sheet import Worksheet

if TYPE_CHECKING:
    from toolkit.marking.package import Package

_BEFORE_NAMES = frozenset(
    b"fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences".split()
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One entry of the list of sheets; ``part`` is empty where it is no worksheet."""

    name: str
    index: int
    part: str
    element: xmlscan.Element

    @property
    def hidden(self) -> bool:
        """Whether it is hidden, so that no link can lead to it."""
        return self.element.attributes.get("state", "visible") != "visible"


def sheets_of(package: Package) -> dict[str, Sheet]:
    """Return the sheets by name, in their order."""
    part = package.workbook
    listed = xmlscan.first_child(part.masked, part.root, b"sheets")
    if listed is None:
        return {}
    related = {item.id: item for item in package.relationships(part.name)}
    found = {}
    for index, element in enumerate(xmlscan.children(part.masked, listed.inner, listed.close)):
        values = element.attributes
        name = values.get("name", "")
        identifier = next((value for key, value in values.items() if key.endswith(":id")), "")
        target = related.get(identifier)
        usable = target is not None and target.kind == "worksheet" and package.has(target.target)
        found[name] = Sheet(name, index, target.target if usable and target else "", element)
    return found


def find_sheet(sheets: dict[str, Sheet], name: str) -> Sheet | None:
    """Return the sheet with this name; Excel takes no notice of case, people of blanks around it."""
    if name in sheets:
        return sheets[name]
    wanted = name.strip().casefold()
    return next((sheet for each, sheet in sheets.items() if each.strip().casefold() == wanted), None)


def first_cell(package: Package, part: str) -> str:
    """Return the text of A1."""
    if not part:
        return ""
    content = read_cells(Worksheet(package, part), [(1, 1)]).get((1, 1), NOTHING).content
    return str(content.value or "")


def add_sheet(package: Package, name: str, relationship: str) -> None:
    """List one more sheet, last."""
    part = package.workbook
    listed = xmlscan.first_child(part.masked, part.root, b"sheets")
    assert listed is not None
    numbers = [
        int(item.attributes.get("sheetId", "0") or 0)
        for item in xmlscan.children(part.masked, listed.inner, listed.close)
    ]
    prefix = listed.prefix.decode()
    identifier = package.written_id(relationship, part.root.raw_attributes)
    number = max(numbers, default=0) + 1
    part.append_to(
        listed,
        f'<{prefix}sheet name="{xmlscan.escape(name)}" sheetId="{number}" {identifier}/>'.encode(),
    )


def define_names(package: Package, names: list[tuple[str, str, int | None]]) -> None:
    """Add hidden defined names: (name, formula, number of its sheet). Print settings are never hidden."""
    part = package.workbook
    prefix = part.root.prefix.decode()
    written = "".join(
        f'<{prefix}definedName name="{name}"'
        + (f' localSheetId="{sheet}"' if sheet is not None else "")
        + ("" if name == "_xlnm.Print_Titles" else ' hidden="1"')
        + f">{xmlscan.escape(formula)}</{prefix}definedName>"
        for name, formula, sheet in names
    ).encode()
    top = part.root
    present = xmlscan.first_child(part.masked, top, b"definedNames")
    if present is not None:
        part.append_to(present, written)
        return
    earlier = [item.end for item in xmlscan.children(part.masked, top.inner, top.close) if item.local in _BEFORE_NAMES]
    wrapped = f"<{prefix}definedNames>".encode() + written + f"</{prefix}definedNames>".encode()
    place = max(earlier, default=top.inner)
    part.edit(place, place, wrapped)
