"""Typing errors in domains: planted ones are found, ordinary addresses are left alone.

The generator knows how people mistype (neighbouring keys, letters lost, doubled or swapped, ends learnt wrongly) and nothing of
the rule: neither its list of domains nor how it compares.
"""

import random

import pytest

from latchkey.email_updates.model.doubts import Doubts, distance, domains_of

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {
    key: {
        row[at + step]
        for row in KEYS
        for at in range(len(row))
        for step in (-1, 1)
        if row[at] == key and 0 <= at + step < len(row)
    }
    for row in KEYS
    for key in row
}
MEANT = {
    "gmail.com": 40, "hotmail.com": 14, "hotmail.co.uk": 14, "outlook.com": 8, "yahoo.co.uk": 8, "yahoo.com": 5, "icloud.com": 6,
    "live.co.uk": 4, "googlemail.com": 3, "btinternet.com": 3, "sky.com": 1, "aol.com": 1, "virginmedia.com": 1, "msn.com": 1,
    "talktalk.net": 1, "ntlworld.com": 1, "protonmail.com": 1, "northbridge.sch.uk": 12, "northbridgeacademy.org.uk": 6,
}  # fmt: skip
ENDS = {
    ".com": (".con", ".cm", ".om", ".co", ".comm", ".cmo", ".ocm", ".vom", ".xom", ".cim", ".cpm", ".coom"),
    ".co.uk": (
        ".co.ku",
        ".couk",
        ".co.u",
        ".co.ul",
        ".uk",
        ".vo.uk",
        ".ci.uk",
        ".c.uk",
        ".cco.uk",
        ".uk.co",
        ".co.yk",
        ".com.uk",
    ),
    ".net": (".ner", ".nte", ".met", ".nt"),
}
SCHOOL = {
    "northbridge.sch.uk": 900,
    "northbridgeacademy.org.uk": 80,
    "gmail.com": 700,
    "hotmail.com": 200,
    "northbridge-trust.org": 2,
}
FIRST = (
    "amy",
    "ben",
    "cai",
    "dev",
    "eve",
    "finn",
    "gwen",
    "harun",
    "isla",
    "jan",
    "kofi",
    "leah",
    "mina",
    "noah",
    "olga",
    "priya",
)
LAST = (
    "lee",
    "khan",
    "smith",
    "nowak",
    "jones",
    "okafor",
    "patel",
    "evans",
    "murphy",
    "silva",
    "chen",
    "brown",
    "ahmed",
    "taylor",
)
WORDS = (
    "oak", "mill", "river", "stone", "bright", "north", "green", "swift", "harbour", "castle", "willow", "summit", "cedar",
    "haven",
    "vale", "ridge", "fern", "anchor", "beacon", "copper", "ember", "granite", "lantern", "meadow", "quarry", "raven", "thistle",
)  # fmt: skip
TRADES = (
    "plumbing", "bakery", "consulting", "design", "studio", "solicitors", "dental", "builders", "cars", "garage", "books", "farm",
    "foods", "group", "media", "tech", "care", "homes", "travel", "events", "law", "print", "fitness", "music", "energy",
    "finance",
)  # fmt: skip
BUSINESS = (
    ".co.uk",
    ".com",
    ".org.uk",
    ".uk",
    ".org",
    ".net",
    ".ltd.uk",
    ".io",
    ".me.uk",
    ".biz",
    ".info",
    ".scot",
    ".wales",
    ".eu",
)
PEOPLES = (
    "gmail.com", "gmail.com", "gmail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.co.uk", "yahoo.com",
    "icloud.com",
    "live.co.uk", "live.com", "googlemail.com", "btinternet.com", "sky.com", "aol.com", "me.com", "msn.com", "ymail.com",
    "mac.com",
    "hotmail.fr", "yahoo.fr", "hotmail.it", "outlook.es", "live.nl", "yahoo.ca", "yahoo.com.au", "hotmail.de", "gmx.de", "web.de",
    "wp.pl", "o2.pl", "onet.pl", "mail.com", "mail.ru", "proton.me", "fastmail.com", "yahoo.co.in", "hotmail.es",
    "outlook.com.br",
    "nhs.net", "police.uk", "bbc.co.uk", "tesco.com", "bp.com", "ox.ac.uk", "leeds.ac.uk", "student.manchester.ac.uk", "sage.com",
    "northbridge.sch.uk", "northbridge.sch.uk", "northbridge.sch.uk", "northbridgeacademy.org.uk", "hey.com", "sony.com",
    "aon.com",
    "manchester.gov.uk", "justice.gov.uk", "essex.police.uk", "stgeorges.nhs.uk", "kent.sch.uk", "three.com", "ee.co.uk",
    "ibm.com",
)  # fmt: skip


def person(chance: random.Random) -> str:
    number = chance.choice(("", str(chance.randrange(99))))
    return f"{chance.choice(FIRST)}{chance.choice(('.', '', '_'))}{chance.choice(LAST)}{number}"


def mistyped(domain: str, chance: random.Random) -> str:
    """The domain with one typing error; another one than the domain and than those that people do have."""
    ending = next((end for end in ENDS if domain.endswith(end)), None)
    if ending is not None and chance.random() < 0.3:
        return domain.removesuffix(ending) + chance.choice(ENDS[ending])
    letters = list(domain)
    at = chance.choice([place for place, letter in enumerate(domain) if letter.isalpha()])
    error = chance.choice(("lost", "doubled", "swapped", "beside"))
    if error == "lost":
        del letters[at]
    elif error == "doubled":
        letters.insert(at, letters[at])
    elif error == "beside":
        letters[at] = chance.choice(sorted(BESIDE[letters[at]]))
    elif at + 1 < len(letters):
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def planted(number: int, seed: int) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    found: list[tuple[str, str]] = []
    while len(found) < number:
        domain = chance.choices(list(MEANT), list(MEANT.values()))[0]
        wrong = mistyped(domain, chance)
        if wrong not in PEOPLES and wrong not in MEANT and "." in wrong.strip(".") and ".." not in wrong and wrong[0] != ".":
            found.append((f"{person(chance)}@{wrong}", domain))
    return found


def ordinary(number: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    made = []
    for _ in range(number):
        if chance.random() < 0.7:
            domain = chance.choice(PEOPLES)
        else:
            domain = f"{chance.choice(WORDS)}{chance.choice(('', '-', 's'))}{chance.choice(TRADES)}{chance.choice(BUSINESS)}"
        made.append(f"{person(chance)}@{domain}")
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_a_thousand_typing_errors_95_in_100_are_found(seed: int) -> None:
    doubts, wrong = Doubts(SCHOOL), planted(1_000, seed)
    missed = [address for address, _ in wrong if doubts.meant(address) is None]
    assert len(missed) <= 50, sorted({address.rpartition("@")[2] for address in missed})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_meant_is_nearly_always_guessed(seed: int) -> None:
    doubts, wrong = Doubts(SCHOOL), planted(1_000, seed)
    right = sum(doubts.meant(address) == meant for address, meant in wrong)
    assert right >= 850


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_ten_thousand_ordinary_addresses_at_most_ten_are_doubted(seed: int) -> None:
    doubts = Doubts(SCHOOL)
    doubted = [address for address in ordinary(10_000, seed) if doubts.meant(address) is not None]
    assert len(doubted) <= 10, sorted({address.rpartition("@")[2] for address in doubted})


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co.uk", "gmail.com"),
        ("hotmailco.uk", "hotmail.co.uk"),
        ("northbrigde.sch.uk", "northbridge.sch.uk"),
        ("northbridge.shc.uk", "northbridge.sch.uk"),
        ("oakbakery.con", "oakbakery.com"),
        ("oakbakery.co.uj", "oakbakery.co.uk"),
        ("oakbakery.uk.co", "oakbakery.co.uk"),
        ("oakbakery.couk", "oakbakery.co.uk"),
        ("www.gmail.com", "gmail.com"),
        ("oakbakery.qq", ""),
    ],
)
def test_a_slip_and_what_was_meant(domain: str, meant: str) -> None:
    assert Doubts(SCHOOL).meant(f"amy@{domain}") == meant


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "mail.com", "ymail.com", "email.com", "northbridge.example", "oakbakery.co", "hotmail.be", "police.uk"],
)
def test_what_only_looks_like_a_slip(domain: str) -> None:
    assert Doubts(SCHOOL).meant(f"amy@{domain}") is None


def test_a_domain_that_many_at_the_school_have_is_none_of_its_slips() -> None:
    both = {"pupils.northbridge.sch.uk": 900, "pupil.northbridge.sch.uk": 90}
    assert Doubts(both).meant("amy@pupil.northbridge.sch.uk") is None
    assert Doubts(both | {"pupil.northbridge.sch.uk": 89}).meant("amy@pupil.northbridge.sch.uk") == "pupils.northbridge.sch.uk"


def test_two_people_make_no_domain_of_the_school() -> None:
    assert Doubts({"northbridge.example": 2}).meant("amy@northbrigde.example") is None
    assert Doubts({"northbridge.example": 3}).meant("amy@northbrigde.example") == "northbridge.example"


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "abcd", 1),
        ("abcd", "badc", 2),
        ("abc", "xyz", 3),
    ],
)
def test_a_swap_is_one_error(one: str, other: str, far: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == far


def test_domains_are_counted() -> None:
    assert domains_of(["a@x.example", "b@x.example", "c@y.example"]) == {"x.example": 2, "y.example": 1}
