"""When a letter may go out: quiet hours, so many a minute, so many a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from toolkit.mail.settings import MailSettings

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Pace:
    """The limits. Times are seconds since the epoch; the quiet hours are the machine's own."""

    quiet: tuple[int, int] | None
    per_minute: int
    per_day: int

    @classmethod
    def of(cls, settings: MailSettings) -> Pace:
        """Return the limits of a workspace."""
        return cls(settings.quiet, settings.per_minute, settings.per_day)

    def quiet_until(self, now: float) -> float | None:
        """Return when the quiet hours that it is now in end, or None outside them."""
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        start, end = self.quiet
        local = datetime.fromtimestamp(now).astimezone()
        minute = local.hour * 60 + local.minute
        inside = start <= minute < end if start < end else minute >= start or minute < end
        if not inside:
            return None
        day = local.replace(hour=end // 60, minute=end % 60, second=0, microsecond=0, tzinfo=None)
        if end <= minute:
            day += timedelta(days=1)
        return day.astimezone().timestamp()

    def free_at(self, now: float, sent: list[float]) -> float:
        """Return when the next letter may go out; ``sent``: when letters went out in the last day, in order."""
        free = now
        if self.per_day and len(recent := [at for at in sent if at > now - _DAY]) >= self.per_day:
            free = max(free, recent[-self.per_day] + _DAY)
        if self.per_minute and sent:
            free = max(free, sent[-1] + 60 / self.per_minute)
        return free
