"""The nightly job: a timetable that decides when to look, the state database that decides whether, and processes that do it."""
