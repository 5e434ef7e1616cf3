"""When the last mail would go."""

import pytest

from latchkey.preflight.model.facts import Account
from latchkey.preflight.model.last_mail import DAY, in_words, seconds_for

EVENING = 1_795_716_000  # 26 November 2026, 18:00 in London


def account(a_day: int = 50_000, sent: int = 0, each_second: float = 14.0) -> Account:
    return Account(production=True, enabled=True, enforcement="HEALTHY", a_day=a_day, sent=sent, each_second=each_second)


@pytest.mark.parametrize(
    ("mails", "of", "seconds"),
    [
        (0, account(), 60),
        (1_400, account(), 160),
        (1_400, account(a_day=-1, sent=9_999_999), 160),
        (200, account(a_day=200, each_second=1.0), 260),
        (201, account(a_day=200, each_second=1.0), DAY + 61),
        (400, account(a_day=200, each_second=1.0), DAY + 260),
        (401, account(a_day=200, each_second=1.0), 2 * DAY + 61),
        (1, account(a_day=200, sent=200, each_second=1.0), DAY + 61),
        (1, account(a_day=0), None),
        (1, account(each_second=0.0), None),
    ],
)
def test_it_goes_at_the_rate_and_the_rest_after_a_day(mails: int, of: Account, seconds: int | None) -> None:
    assert seconds_for(mails, of) == seconds


def test_more_people_never_wait_less_time() -> None:
    found = [seconds_for(mails, account(a_day=300, sent=120, each_second=3.0)) for mails in range(1_500)]
    assert found == sorted(found, key=lambda each: each or 0)


def test_a_moment_in_words() -> None:
    assert in_words(EVENING + 3_120, EVENING) == "at about 18:52"
    assert in_words(EVENING + DAY, EVENING) == "on Friday, 27 November, at about 18:00"
    assert in_words(EVENING + 7 * 3_600, EVENING) == "on Friday, 27 November, at about 01:00"
