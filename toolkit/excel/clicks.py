"""From a click to its action: one at a time, whatever goes wrong is said, and the program is left as it was."""

from __future__ import annotations

import contextlib
import hashlib
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

from toolkit.config import ConfigError
from toolkit.excel import actions
from toolkit.excel.attach import attach
from toolkit.excel.desk import Desk
from toolkit.excel.exchange import Request, cancelled, exchange_folder
from toolkit.excel.names import version
from toolkit.excel.program import program_of
from toolkit.excel.refusal import Refused
from toolkit.excel.voice import ProgramVoice, Voice
from toolkit.masking import mask_text
from toolkit.messages import text
from toolkit.workspace import WorkspaceError

_BUSY_WITH_PERSON = (-2147418111, -2146777998)
"""What Excel answers while a cell is being edited or a dialogue is open."""

_PATIENCE = 8.0
_PAUSE = 0.3


def serve_click(request: Request, voice: Voice | None = None) -> None:
    """Do what a click asks for. ``voice`` speaks instead of the program's message boxes."""
    try:
        app = attach(request)
        desk = Desk(request, app, program_of(app), voice or ProgramVoice(app, request.lang), cancelled)
    except Refused as refused:
        request.answer(refused.sentence(request.lang))
        return
    except Exception:  # noqa: BLE001 - nobody else can tell the person
        request.answer(_fault(request.lang))
        return
    request.answer()
    with _alone(request) as free:
        if free:
            outcome = _outcome(desk)
        else:
            desk.voice.status(desk.say("status.busy"))
            return
    if not outcome.quiet:
        with contextlib.suppress(Exception):  # the program may have been closed meanwhile
            patiently(lambda: desk.voice.tell(f"{outcome.said}\n\n{outcome.more}".strip(), warn=outcome.warn))


def _outcome(desk: Desk) -> actions.Outcome:
    """Run the action; what went wrong is an outcome too."""
    name = desk.request.action
    if name in actions.OF_THE_COUNTY:
        cancelled()  # an earlier click on Stop is not meant for this
    try:
        if desk.request.version and desk.request.version != version():
            raise Refused("version", macros=desk.request.version, program=version())
        outcome: actions.Outcome = patiently(lambda: actions.action(name)(desk))
    except Refused as refused:
        outcome = actions.Outcome(refused.sentence(desk.lang).strip(), warn=True)
    except ConfigError as error:
        outcome = actions.Outcome("\n".join(error.sentences(desk.lang)), warn=True)
    except WorkspaceError as error:
        outcome = actions.Outcome("\n".join(error.sentences), warn=True)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence instead of nothing
        said = desk.say("refused.editing") if _is_busy(error) else _fault(desk.lang)
        outcome = actions.Outcome(said, warn=True)
    finally:
        desk.voice.status(None)
        desk.console.step(None)
    if name in actions.HOMES:
        desk.console.result(name, outcome.said)
    return outcome


def patiently(act: Callable[[], Any]) -> Any:
    """Do something again, for some seconds, as long as the program is busy with the person: every action may be repeated."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return act()
        except Exception as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "hresult", None) in _BUSY_WITH_PERSON


@contextlib.contextmanager
def _alone(request: Request) -> Any:
    """Hold the lock of a workbook, or of the county; yield whether it was free."""
    from filelock import FileLock, Timeout

    of = "county" if request.action in actions.OF_THE_COUNTY else request.book or "book"
    name = hashlib.blake2b(of.encode(), digest_size=8).hexdigest()
    lock: Any = FileLock(exchange_folder() / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _fault(lang: str) -> str:
    """Write the traceback where an administrator finds it, without anything a ledger holds; return what to say."""
    folder = exchange_folder() / "logs"
    folder.mkdir(exist_ok=True)
    path = folder / f"fault-{datetime.now().astimezone():%Y%m%dT%H%M%S}.log"
    path.write_text(mask_text(traceback.format_exc()), encoding="utf-8")
    return text("screen.fault", lang, log=str(path))
