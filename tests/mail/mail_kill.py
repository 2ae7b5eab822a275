"""What a process that is to be killed does: send what is in an outbox, as ``taizhang mail send`` would."""

from __future__ import annotations

import os
from pathlib import Path

from toolkit.mail.deliver import deliver
from toolkit.mail.outbox import Outbox
from toolkit.mail.settings import MailSettings


def work(folder: str, settings: MailSettings, password: str, ready: str) -> None:
    """Send until nothing is due."""
    Path(ready).write_text(str(os.getpid()), encoding="utf-8")
    outbox = Outbox(Path(folder), "test.local")
    deliver(outbox, settings, password)
    outbox.close()
