"""A call of SES says once what its mails have alike: each mail in it is its address, a name, a login and a link."""

import json
from typing import Any

from latchkey.mail.messages.template import of_one, template
from latchkey.mail.model.account import MailAccount
from latchkey.mail.stores.mailer import Envelope, Mailer
from latchkey.schools.model.school import School, Settings
from tests.support.ses import StrictSes

SCHOOL = School(slug="northbridge", name="Northbridge Academy", settings=Settings(help_line="Ring 01632 960000"))
TAGS = {"send": "s", "chunk": "1", "school": "northbridge", "origin": "admin"}


class _Keeping(StrictSes):
    def send_bulk_email(self, **request: Any) -> dict[str, Any]:
        self.asked = request
        return super().send_bulk_email(**request)


def test_a_mail_in_a_call_is_small_and_is_read_whole() -> None:
    ses = _Keeping()
    links = [
        f"https://latchkey.test/set-password#1.r.northbridge.{number:020d}.6b017b40.0.7355e746c1e5.{'x' * 43}"
        for number in range(50)
    ]
    mails = [
        (f"given.family{number}@pupils.school.example", of_one(SCHOOL, _account(number), link, 86_400))
        for number, link in enumerate(links)
    ]
    envelope = Envelope(SCHOOL.name, None, template("reset", of_one=True), TAGS)
    results = Mailer(ses, "no-reply@latchkey.test", "latchkey").send(envelope, mails)  # type: ignore[arg-type]

    assert all(result.sent for result in results)
    entries = json.dumps(ses.asked["BulkEmailEntries"])
    assert len(entries) / 50 < 550, "of which SES's own words are 150, and the link is 140"
    assert "Northbridge" not in entries
    for number, (mail, link) in enumerate(zip(ses.mails, links, strict=True)):
        assert mail.links == [link]
        assert mail.html.count(link) == 2
        assert f"Given Family{number} (student)\nSign in with: gfamily{number}\n" in mail.text
        assert "Northbridge Academy" in mail.subject
        assert "Ring 01632 960000" in mail.text


def _account(number: int) -> MailAccount:
    name, login = f"Given Family{number}", f"gfamily{number}"
    return MailAccount(person=f"{number:020d}", name=name, role="student", login=login, version=0, stamp="0" * 12)
