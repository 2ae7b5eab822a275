"""Send the summary: what would go to whom is shown first."""

from __future__ import annotations

from toolkit.excel.actions import Outcome
from toolkit.excel.child import run_words
from toolkit.excel.desk import Desk
from toolkit.excel.refusal import Refused

_NO_SUCH_COMMAND = 2
_MOST_LINES = 15


def send(desk: Desk) -> Outcome:
    """Show what would be sent, and send it when the person says yes."""
    folder = str(desk.workspace)
    desk.voice.status(desk.say("status.mail"))
    listed = run_words(desk, ["mail", "send", "--dry-run", "-C", folder])
    if listed.status == _NO_SUCH_COMMAND:
        raise Refused("no_mail")
    if listed.status:
        raise Refused("command", reasons=listed.said)
    desk.voice.status(None)
    lines = listed.said.splitlines()
    preview = "\n".join(lines[:_MOST_LINES] + (["…"] if len(lines) > _MOST_LINES else []))
    if not desk.voice.ask(desk.say("ask.send", lines=preview)):
        return Outcome(desk.say("said.not_sent"), quiet=True)
    desk.voice.status(desk.say("status.mail"))
    sent = run_words(desk, ["mail", "send", "-C", folder])
    if sent.status:
        raise Refused("command", reasons=sent.said)
    return Outcome(sent.said or desk.say("said.sent"))
