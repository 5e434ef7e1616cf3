"""A school's own facts, judged: whom could its mail not reach tonight, what stands still, and who could act."""

from typing import Final

from latchkey.preflight.model.checks import Check, State, unseen
from latchkey.preflight.model.facts import Account, People, SchoolFacts, Seen, Sends, Unseen
from latchkey.preflight.model.last_mail import DAY, in_words, seconds_for
from latchkey.schools.model.notice import PageNotice

OLD_ROSTER: Final = 60 * DAY
"""A school that has not updated its people for so long has new pupils whom Latchkey does not know."""
OLD_NOTICE: Final = 14 * DAY
LONG: Final = 4 * 3_600
"""Mails that take longer than this are not there in the evening on which they were sent."""
_HELD: Final = {
    "sandbox": "the mail service is in its sandbox",
    "quota": "the mail service’s daily quota is used up",
    "paused": "Amazon has paused this account’s mail",
    "sender": "the mail service does not accept this site’s sender",
}


def capacity_checks(account: Seen[Account], people: Seen[People], now: int) -> list[Check]:
    """Whether everybody with an address could be mailed tonight: the day's quota, and the rate."""
    if isinstance(account, Unseen) or isinstance(people, Unseen):
        lacking = account if isinstance(account, Unseen) else people
        assert isinstance(lacking, Unseen)  # noqa: S101 - for the type checker
        return [
            unseen("mail_quota", "The day’s quota of mails", lacking, "Whether the day’s quota is enough for everybody"),
            unseen("mail_rate", "When the last mail goes", lacking, "When the last of all mails would go"),
        ]
    return [_quota(account, people.reachable), _rate(account, people.reachable, now)]


def _quota(account: Account, mails: int) -> Check:
    name, title, left = "mail_quota", "The day’s quota of mails", account.left
    if left is None or left >= mails:
        may = "any number of mails" if left is None else f"{left:,} more mails"
        text = f"The account may send {may} today: enough for {_people(mails, 'with an address')}."
        return Check(name=name, title=title, state="ok", text=text)
    return Check(
        name=name,
        title=title,
        state="stop" if left == 0 else "warn",
        text=f"The account may send {_count(left, 'more mail', 'more mails') if left else 'no more mails'} today, and "
        f"{_people(mails, 'have an address', 'has an address')} here. "
        + ("Every message waits until tomorrow." if left == 0 else "The rest of a message to all of them waits until tomorrow."),
        fix="In the AWS console, Service Quotas, Amazon SES, ask for a Sending quota of at least "
        f"{max(1_000, 2 * mails):,}. Until then send year by year, the most urgent first.",
    )


def _rate(account: Account, mails: int, now: int) -> Check:
    name, title, seconds = "mail_rate", "When the last mail goes", seconds_for(mails, account)
    ask = "In the AWS console, Service Quotas, Amazon SES, ask for a higher Sending rate"
    if seconds is None:
        text = "The account may send no mail at all: its rate or its quota is nought."
        return Check(name=name, title=title, state="stop", text=text, fix=ask + " and Sending quota.")
    text = f"Sent now to everybody with an address ({mails:,}), the last mail would go {in_words(now + seconds, now)}."
    if seconds <= LONG:
        return Check(name=name, title=title, state="ok", text=text)
    fix = f"{ask} (now {account.each_second:g} a second) and quota, or send in good time before a closure."
    return Check(name=name, title=title, state="warn", text=text, fix=fix)


def school_checks(facts: SchoolFacts, now: int) -> list[Check]:
    """All that is the school's own."""
    return [
        *_people_checks(facts),
        _roster(facts.roster_at, now),
        *_admin_checks(facts),
        *_send_checks(facts.sends),
        _silent(facts.silent),
        _notice(facts.notice, now),
    ]


def _people_checks(facts: SchoolFacts) -> list[Check]:
    people, titles = facts.people, ("People without an address", "Links and codes that end soon")
    if isinstance(people, Unseen):
        names = ("addresses", "ending")
        return [
            unseen(name, title, people, "The school’s people", who="admin") for name, title in zip(names, titles, strict=True)
        ]
    return [_addresses(people, titles[0]), _ending(people, titles[1])]


def _addresses(people: People, title: str) -> Check:
    if not people.unreachable:
        text = "Everybody has an e-mail address or has logged in already." if people.total else "There are no people here yet."
        return Check(name="addresses", title=title, state="ok", text=text, who="admin")
    return Check(
        name="addresses",
        title=title,
        state="warn",
        text=f"{_people(people.unreachable, 'have', 'has')} no e-mail address and no password yet: no link can reach them.",
        fix="Add their addresses, or print their login details for them.",
        who="admin",
        path="/people?reason=no_address",
    )


def _ending(people: People, title: str) -> Check:
    ending = [
        *([f"the links of {_people(people.links_end)} end within two days, unused"] if people.links_end else []),
        *([f"the codes of {_people(people.codes_end)} end within a week, unused"] if people.codes_end else []),
    ]
    if not ending:
        text = "No link and no code that is still to be used ends within the next days."
        return Check(name="ending", title=title, state="ok", text=text, who="admin")
    said = " and ".join(ending)
    return Check(
        name="ending",
        title=title,
        state="warn",
        text=said[0].upper() + said[1:] + ".",
        fix="Send these people a new link, or print their codes again: that renews them. The first page lists them by reason.",
        who="admin",
        path="",
    )


def _roster(at: Seen[int | None], now: int) -> Check:
    name, title, fix = "roster", "People are up to date", "Upload a roster from the MIS under Update people."
    if isinstance(at, Unseen):
        return unseen(name, title, at, "When people were last updated", who="admin")
    if at is None:
        return Check(
            name=name,
            title=title,
            state="warn",
            text="No roster has been applied yet: Latchkey does not know who is at the school.",
            fix=fix,
            who="admin",
            path="/rosters",
        )
    days = max(0, now - at) // DAY
    if now - at <= OLD_ROSTER:
        ago = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
        return Check(name=name, title=title, state="ok", text=f"People were last updated {ago}.", who="admin")
    return Check(
        name=name,
        title=title,
        state="warn",
        text=f"People were last updated {days} days ago: those who came since cannot log in, and those who left still can.",
        fix=fix,
        who="admin",
        path="/rosters",
    )


def _admin_checks(facts: SchoolFacts) -> list[Check]:
    people, without = facts.people, facts.without_factor
    one, factor = ("one_admin", "How many admins there are"), ("second_step", "Admins’ second step")
    found = [unseen(*one, people, "How many admins there are", who="admin")] if isinstance(people, Unseen) else []
    if isinstance(without, Unseen):
        found.append(unseen(*factor, without, "Which admins have a second step", who="admin"))
    if not isinstance(people, Unseen):
        found.append(_one_admin(people.admins, *one))
    if not isinstance(without, Unseen):
        found.append(_second_step(without, *factor, must=facts.must_have_factor))
    return found


def _one_admin(admins: int, name: str, title: str) -> Check:
    if admins > 1:
        return Check(name=name, title=title, state="ok", text=f"{admins} admins can act.", who="admin")
    return Check(
        name=name,
        title=title,
        state="warn",
        text="There is one admin only. If they are ill tonight, nobody can send; and nobody can approve.",
        fix="Make somebody else an admin: Settings, Admins, Add an admin.",
        who="admin",
        path="/admins",
    )


def _second_step(without: int, name: str, title: str, *, must: bool) -> Check:
    if not without:
        return Check(name=name, title=title, state="ok", text="Every admin has a second step.", who="admin")
    some = "One admin has" if without == 1 else f"{without} admins have"
    return Check(
        name=name,
        title=title,
        state="warn",
        text=f"{some} no second step: anybody who gets their password gets everybody’s details."
        + (" The school requires one, so they may be held up when they next sign in." if must else ""),
        fix="Each sets up a passkey or an app under My account, Second step. The page of admins shows who has one.",
        who="admin",
        path="/admins",
    )


def _send_checks(sends: Seen[Sends]) -> list[Check]:
    name, title = "messages", "Messages that stand still"
    if isinstance(sends, Unseen):
        return [unseen(name, title, sends, "Whether a message stands still", who="admin")]
    found = [_held(reason, count) for reason, count in sorted(sends.held.items())]
    if sends.braked:
        text = f"{_messages(sends.braked)} stopped, because too much mail came back."
        fix = "Open it: it says whose fault that was and has a text to copy for the people who can mend it."
        found.append(_still("braked", text, fix, stops=True))
    if sends.to_approve:
        text = f"{_messages(sends.to_approve)} waiting for another admin’s approval."
        found.append(_still("approval", text, "Have another admin open it and approve or decline it."))
    if sends.paused:
        text = f"{_messages(sends.paused)} paused by an admin."
        found.append(_still("paused", text, "Open it and press Resume, or cancel it."))
    return found or [Check(name=name, title=title, state="ok", text="No message stands still.", who="admin")]


def _held(reason: str, count: int) -> Check:
    text = f"{_messages(count)} held back: {_HELD.get(reason, 'the mail service takes nothing now')}."
    fix = "It goes on by itself when that is mended; tell who runs this site."
    return _still(f"held_{reason}", text, fix, stops=True)


def _still(kind: str, text: str, fix: str, *, stops: bool = False) -> Check:
    title = "Messages that stand still"
    state: State = "stop" if stops else "warn"
    return Check(name=f"messages_{kind}", title=title, state=state, text=text, fix=fix, who="admin", path="/sends")


def _silent(silent: Seen[tuple[tuple[str, int], ...]]) -> Check:
    name, title = "mail_domains", "Mail arrives where people see it"
    if isinstance(silent, Unseen):
        return unseen(name, title, silent, "How mail fares by domain", who="admin")
    if not silent:
        text = "No domain has taken much mail of which nothing was used."
        return Check(name=name, title=title, state="ok", text=text, who="admin")
    domain, delivered = silent[0]
    more = f" So it is with {_count(len(silent) - 1, 'other domain', 'other domains')}." if len(silent) > 1 else ""
    return Check(
        name=name,
        title=title,
        state="warn",
        text=f"The mail system of {domain} lets none of {delivered:,} in: mail was delivered, but nobody has used a link.{more}",
        fix="Send the text on the page of that domain to who looks after its mail; then try it with three mailboxes.",
        who="admin",
        path=f"/mail/domains/{domain}",
    )


def _notice(notice: PageNotice, now: int) -> Check:
    """One that has no end is forgotten on the day after; one that is over is shown nowhere."""
    name, title = "notice", "The notice on the school’s page"
    if not notice.is_shown(now):
        text = "No notice is up."
        if notice.text and not notice.is_over(now):
            text = f"A notice is to come up {in_words(notice.starts_at or now, now)}."
        return Check(name=name, title=title, state="ok", text=text, who="admin")
    days = (now - notice.starts_at) // DAY if notice.starts_at is not None else 0
    if notice.ends_at is not None and days * DAY < OLD_NOTICE:
        text = f"A notice is up; it ends {in_words(notice.ends_at, now)}."
        return Check(name=name, title=title, state="ok", text=text, who="admin")
    text = (
        f"A notice has been up for {days} days."
        if days * DAY >= OLD_NOTICE
        else "A notice is still up, and nothing says when it ends."
    )
    return Check(
        name=name,
        title=title,
        state="warn",
        text=text,
        fix="Take it down, or give it an end: Settings, School page and notice.",
        who="admin",
        path="/settings/page",
    )


def _people(count: int, many: str = "", one: str = "") -> str:
    """``1,241 people with an address``; ``one`` where the words for one person are others."""
    words = (one or many) if count == 1 else many
    return f"{_count(count, 'person', 'people')}{' ' if words else ''}{words}"


def _messages(count: int) -> str:
    return "One message is" if count == 1 else f"{count} messages are"


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
