"""Whether a job runs: successes are final, failures are repeated with growing waits and then given up, whatever the order."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from toolkit.nightly.decide import Action, Rules, decide
from toolkit.store.jobs import BROKEN_OFF, Attempt

NOW = datetime(2026, 5, 1, 2, 30, tzinfo=UTC)
RULES = Rules(retries=3, backoff=timedelta(minutes=10), limit=timedelta(hours=4))


def attempt(status: int | None, at: datetime, minutes: float = 1) -> Attempt:
    return Attempt(
        "consolidate",
        date(2026, 5, 1),
        1,
        at,
        at + timedelta(minutes=minutes) if status is not None else None,
        status,
        "",
    )


def play(statuses: list[int], rules: Rules = RULES) -> tuple[list[timedelta], Action]:
    """Let a job fail as given; return the waits before each further try, and what it came to."""
    attempts: list[Attempt] = []
    now, waits = NOW, []
    for status in statuses:
        decision = decide(attempts, now, rules)
        if decision.action is Action.WAIT:
            assert decision.until is not None
            waits.append(decision.until - now)
            now = decision.until
            decision = decide(attempts, now, rules)
        if decision.action is not Action.RUN:
            return waits, decision.action
        attempts.append(attempt(status, now))
        now += timedelta(minutes=1)
    return waits, decide(attempts, now, rules).action


def test_failures_are_repeated_with_doubled_waits_and_then_given_up() -> None:
    waits, action = play([11, 13, 70, 124, 11, 11])
    assert waits == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert action is Action.GIVE_UP


def test_a_busy_workspace_is_looked_at_soon_and_costs_no_retry_until_it_has_been_busy_for_too_long() -> None:
    waits, action = play([10] * 30 + [11, 0])
    assert waits[:3] == [timedelta(minutes=2)] * 3
    assert action is Action.DONE
    assert play([10] * 500)[1] is Action.GIVE_UP


def test_a_refused_login_is_not_repeated() -> None:
    assert play([12, 0])[1] is Action.GIVE_UP


def test_being_stopped_on_request_says_nothing_about_the_job() -> None:
    assert play([130] * 9 + [0]) == ([], Action.DONE)


def test_one_that_was_broken_off_is_repeated_at_once_but_not_without_end() -> None:
    assert play([BROKEN_OFF, 3]) == ([], Action.DONE)
    assert play([BROKEN_OFF] * 9)[1] is Action.GIVE_UP


def test_an_attempt_from_the_future_is_not_waited_for() -> None:
    assert decide([attempt(11, NOW + timedelta(days=400))], NOW, RULES).action is Action.RUN


STATUSES = st.lists(st.sampled_from([0, 3, 10, 11, 12, 13, 70, 124, 130, 137, 139]), max_size=12)


@given(STATUSES, st.integers(0, 5), st.integers(0, 10_000))
def test_whatever_happened_a_success_is_final_and_failures_are_bounded(
    statuses: list[int], retries: int, minutes: int
) -> None:
    rules = Rules(retries, timedelta(minutes=10), timedelta(hours=4))
    attempts = [attempt(status, NOW + timedelta(minutes=15 * number)) for number, status in enumerate(statuses)]
    decision = decide(attempts, NOW + timedelta(minutes=minutes), rules)
    failures = sum(status not in (0, 3, 10, 130) for status in statuses)
    if {0, 3} & set(statuses):
        assert decision.action is Action.DONE
    elif failures > retries or 12 in statuses:
        assert decision.action is Action.GIVE_UP
    elif not failures and 10 not in statuses:
        assert decision.action is Action.RUN
    else:
        assert decision.action is not Action.DONE
    if decision.action is Action.WAIT:
        assert decision.until is not None
        assert decision.until > NOW + timedelta(minutes=minutes)
