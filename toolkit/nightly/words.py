"""How jobs and durations are named on the screen and in mails."""

from __future__ import annotations

from toolkit.messages import text
from toolkit.nightly.timetable import TELL


def job_name(job: str, lang: str) -> str:
    """Return a job's name as people read it."""
    if job.startswith(TELL):
        return text("nightly.jobs.tell", lang, job=text(f"nightly.jobs.{job.removeprefix(TELL)}", lang))
    return text(f"nightly.jobs.{job}", lang)


def duration(seconds: float, lang: str) -> str:
    """Return a duration as people read it: seconds below two minutes, minutes below two hours, hours and minutes."""
    if seconds < 120:
        return text("nightly.seconds", lang, count=round(seconds, 1) if seconds < 10 else round(seconds))
    if seconds < 7200:
        return text("nightly.minutes", lang, count=round(seconds / 60))
    return text("nightly.hours", lang, hours=int(seconds // 3600), minutes=int(seconds % 3600 // 60))
