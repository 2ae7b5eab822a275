"""Whether everything the toolkit imports is in the folder, as far as that can be told without Windows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from email.parser import BytesParser

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from toolkit.bundle.layout import APP, SITE
from toolkit.bundle.lock import windows_environment

_DISPENSABLE = frozenset({"dask", "distributed", "fsspec", "resource", "xlwt", "odf"})
"""Asked for by a setting that says so when it is missing, imported on Linux only, or by the sample county for kinds of files that it
leaves out where it cannot write them."""


def missing_modules(files: Mapping[str, bytes]) -> list[str]:
    """Return the modules that our own code imports, anywhere in it, and that neither Python nor a package in the folder brings."""
    there = {
        path.removeprefix(folder).partition("/")[0].partition(".")[0]
        for folder in (f"{SITE}/", *_added_folders(files))
        for path in files
        if path.startswith(folder)
    }
    wanted: set[str] = set()
    for path, data in files.items():
        if path.startswith(f"{APP}/") and path.endswith(".py"):
            wanted |= _imported(data)
    return sorted(wanted - there - set(sys.stdlib_module_names) - _DISPENSABLE - {"toolkit"})


def _added_folders(files: Mapping[str, bytes]) -> list[str]:
    """Return the folders that ``.pth`` files make Python look into as well."""
    lines = [
        line.strip().replace("\\", "/")
        for path, data in files.items()
        if path.startswith(f"{SITE}/") and path.endswith(".pth")
        for line in data.decode("utf-8", "replace").splitlines()
    ]
    return [f"{SITE}/{line}/" for line in lines if line and not line.startswith(("#", "import "))]


def _imported(source: bytes) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def missing_packages(files: Mapping[str, bytes], python: str) -> list[str]:
    """Return the packages that packages in the folder ask for on Windows and that are not in it, each with who asks."""
    described = {
        path: data
        for path, data in files.items()
        if path.startswith(f"{SITE}/") and path.endswith(".dist-info/METADATA")
    }
    environment = windows_environment(python)
    names, asked = set(), []
    for data in described.values():
        headers = BytesParser().parsebytes(data, headersonly=True)
        names.add(canonicalize_name(str(headers["Name"])))
        asked += [(str(headers["Name"]), Requirement(line)) for line in _requirements(headers.get_all("Requires-Dist"))]
    return sorted({
        f"{requirement.name} ({who})"
        for who, requirement in asked
        if (requirement.marker is None or requirement.marker.evaluate(environment)) and canonicalize_name(requirement.name) not in names
    })  # fmt: skip


def _requirements(headers: Iterable[object] | None) -> list[str]:
    return [str(header) for header in headers or ()]
