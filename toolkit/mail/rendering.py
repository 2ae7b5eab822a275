"""Templates into text and HTML: the built-in ones, or those of the same name in the workspace's own folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

_PACKAGE, _FOLDER = "toolkit.mail", "templates"
_QUOTED = re.compile(r"'([^']+)'(?: is undefined)?$")
_SUBJECT = re.compile(r"\s*(?:Subject|主题)\s*[:：]\s*(.+?)\s*(?:\n|$)")


class TemplateError(Exception):
    """A template is broken: in which file and line, and what about it."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words."""

    subject: str
    text: str
    html: str


class Renderer:
    """Renders mails in one language. ``own``: a folder whose templates go before the built-in ones."""

    def __init__(self, lang: str, own: Path | None = None) -> None:
        self._lang = lang
        self._own = own if own is not None and own.is_dir() else None
        loaders: list[BaseLoader] = [FileSystemLoader(self._own, encoding="utf-8-sig")] if self._own else []
        loader = ChoiceLoader([*loaders, PackageLoader(_PACKAGE, _FOLDER)])
        same: dict[str, Any] = {
            "loader": loader,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
        self._html = ImmutableSandboxedEnvironment(autoescape=True, **same)
        self._text = ImmutableSandboxedEnvironment(autoescape=False, **same)

    def render(self, name: str, context: Mapping[str, Any]) -> Rendered:
        """Return the mail that a template makes.

        Raises:
            TemplateError: a template of the workspace's own is broken.
        """
        plain = self._render(self._text, f"{self._lang}/{name}.txt", context)
        found = _SUBJECT.match(plain)
        if found is None:
            raise TemplateError(self._path(f"{self._lang}/{name}.txt"), 1, "Subject: …")
        html = self._render(self._html, f"{self._lang}/{name}.html", {**context, "subject": found[1]})
        return Rendered(" ".join(found[1].split()), plain[found.end() :].strip() + "\n", html)

    def check(self) -> int:
        """Compile every template of the language and return how many there are.

        Raises:
            TemplateError: one cannot be compiled.
        """
        names = [name for name in template_files() if "/" not in name or name.startswith(f"{self._lang}/")]
        for name in names:
            environment = self._html if name.endswith(".html") else self._text
            self._guarded(name, lambda name=name, environment=environment: environment.get_template(name))  # type: ignore[misc]
        return len(names)

    def _render(self, environment: ImmutableSandboxedEnvironment, name: str, context: Mapping[str, Any]) -> str:
        made: str = self._guarded(name, lambda: environment.get_template(name).render(context))
        return made

    def _guarded(self, name: str, call: Callable[[], Any]) -> Any:
        """Do something with a template.

        Raises:
            TemplateError: it, or one that it uses, is broken.
        """
        try:
            return call()
        except TemplateSyntaxError as error:
            raise TemplateError(self._path(error.name or name), error.lineno, error.message or "") from None
        except UnicodeDecodeError:
            raise TemplateError(self._path(name), 1, "UTF-8") from None
        except Exception as error:  # noqa: BLE001 - whatever a template does wrong is the template's, and its line is what helps
            file, line = self._place(error, name)
            raise TemplateError(file, line, _reason(error)) from None

    def _place(self, error: Exception, name: str) -> tuple[str, int]:
        """Return the template and line where an error arose.

        That is the innermost line of a template that was at work; where a name is unknown, the innermost that says it, since what is
        handed to a macro fails inside the macro.
        """
        places, trace = [(self._path(name), 1)], error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.endswith((".html", ".txt")):
                places.append((file, trace.tb_lineno))
            trace = trace.tb_next
        unknown = _QUOTED.search(str(error)) if isinstance(error, UndefinedError) else None
        said = [place for place in places if unknown and unknown[1] in _line(*place)]
        return (said or places)[-1]

    def _path(self, name: str) -> str:
        """Return where the template of a name comes from."""
        own = self._own / name if self._own else None
        return str(own) if own is not None and own.is_file() else str(resources.files(_PACKAGE).joinpath(_FOLDER, name))


def _line(file: str, number: int) -> str:
    lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
    return lines[number - 1] if number <= len(lines) else ""


def _reason(error: Exception) -> str:
    """Return what is wrong in few words, nothing of what the template was given."""
    said = str(error) if type(error).__module__.startswith("jinja2") else type(error).__name__
    return " ".join(said.split())[:120]


def template_files() -> list[str]:
    """Return the names of all built-in templates, as ``zh/summary.html``."""
    root = resources.files(_PACKAGE).joinpath(_FOLDER)
    found = [item.name for item in root.iterdir() if item.is_file()]
    for lang in (item for item in root.iterdir() if item.is_dir()):
        found += [f"{lang.name}/{item.name}" for item in lang.iterdir() if item.is_file()]
    return sorted(found)


def copy_templates(folder: Path) -> tuple[list[Path], list[Path]]:
    """Copy the built-in templates into a folder; return (copied, already there and left alone)."""
    copied, kept = [], []
    root = resources.files(_PACKAGE).joinpath(_FOLDER)
    for name in template_files():
        target = folder / name
        if target.exists():
            kept.append(target)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with resources.as_file(root.joinpath(*name.split("/"))) as source:
            shutil.copyfile(source, target)
        copied.append(target)
    return copied, kept
