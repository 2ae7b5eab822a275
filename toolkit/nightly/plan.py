"""What the timetable would catch up with if it began now; nothing is changed."""

from __future__ import annotations

from datetime import date, datetime

from toolkit.config import Config
from toolkit.nightly.decide import Action, Rules, decide
from toolkit.nightly.timetable import last_due, timetable
from toolkit.store.jobs import JobLedger


def missed(config: Config, now: datetime) -> list[tuple[str, date]]:
    """Return (job, due date) of what is due, not done, and known since before it was due; ``now`` with its zone."""
    state = config.path("state")
    if not (state / "state.db").is_file():
        return []
    ledger = JobLedger(state)
    found = []
    for name, times in timetable(config).items():
        due = last_due(times, now.replace(tzinfo=None))
        since = ledger.known_since(name, str(times))
        open_still = decide(ledger.attempts(name, due), now, Rules.of(config)).action in (Action.RUN, Action.WAIT)
        if since is not None and times.on(due).astimezone() >= since and open_still:
            found.append((name, due))
    ledger.close()
    return found
