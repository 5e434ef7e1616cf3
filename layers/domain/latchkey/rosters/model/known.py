"""Who is in the school already, as a roster needs to know it: hashes and a few bytes a person, not texts.

Rows name people by id, UPN, username, address and name. Each of these is a key, kept as its hash (64 bits, salted, so nobody can
make a file of values that collide); what a key finds is read from the table and compared before it decides anything.
"""

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.people.model.person import ADULTS, Person
from latchkey.rosters.model.runs import Row

_ID: Final = 26  # the longest id of a person
_LEFT, _ADMIN, _IN_FILE, _STAYS = 1, 2, 4, 8  # what is known of somebody: a bit each
WAYS: Final = ("upn", "zeros", "login", "who")
"""How somebody with another id is found, the surest first: by UPN, by an id that lost its zeros, by username, by address; all but
the UPN together with role and name."""
_NOBODY: Final = 99


def name_key(given: str, family: str) -> str:
    """A name for comparison: without case, accents and the kinds of apostrophe."""
    text = f"{given}\n{family}".casefold()
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in letters if not unicodedata.combining(char))


def keys_to_match(one: Row | Person) -> dict[str, str]:
    """The keys by which somebody is found under another id, by way."""
    keys, name = {}, name_key(one.given_name, one.family_name)
    if one.upn is not None:
        keys["upn"] = one.upn
    if one.mis_id is not None and one.mis_id.isdecimal():
        keys["zeros"] = f"{one.role}\n{one.mis_id.lstrip('0')}\n{name}"
    if one.username is not None:
        keys["login"] = f"{one.role}\n{one.username}\n{name}"
    if one.email is not None:
        keys["who"] = who_key(one.role, one.email, name)
    return keys


def who_key(role: str, email: str, name: str) -> str:
    """The key of a role, an address and a name that ``name_key`` gave."""
    return f"{role}\n{email}\n{name}"


class _Keys:
    """The hashes of one kind of key, in order, and whose they are."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._places = array("I")

    def add(self, text: str, place: int) -> None:
        self._hashes.append(hash(text))
        self._places.append(place)

    def close(self) -> None:
        order = sorted(range(len(self._hashes)), key=self._hashes.__getitem__)
        self._places = array("I", [self._places[at] for at in order])
        self._hashes = array("q", [self._hashes[at] for at in order])

    def find(self, text: str) -> list[int]:
        mark, hashes = hash(text), self._hashes
        at, found = bisect_left(hashes, mark), []
        while at < len(hashes) and hashes[at] == mark:
            found.append(self._places[at])
            at += 1
        return found


class KnownPeople:
    """``add`` everybody and ``close``; then ``look`` at all rows of the file, and ``claim`` for all if ``is_unusual``."""

    def __init__(self) -> None:
        self._ids = bytearray()
        self._flags = bytearray()
        self._keys = {kind: _Keys() for kind in ("mis_id", "username", *WAYS)}
        self._admin_emails: set[str] = set()
        self._way = bytearray()
        self._claims = bytearray()
        self.is_unusual = False

    def add(self, people: Iterable[Person]) -> None:
        """Note some people; ``close`` after the last."""
        keys = self._keys
        for person in people:
            place = len(self._flags)
            self._ids += person.id.encode().ljust(_ID)
            self._flags.append((_LEFT if person.status == "left" else 0) | (_ADMIN if person.is_admin else 0))
            if person.mis_id is not None:
                keys["mis_id"].add(person.mis_id, place)
            if person.username is not None:
                keys["username"].add(person.username, place)
            for way, key in keys_to_match(person).items():
                keys[way].add(key, place)
            if person.is_admin and person.email is not None:
                self._admin_emails.add(person.email)

    def close(self) -> None:
        """Sort what was noted."""
        for keys in self._keys.values():
            keys.close()
        self._way = bytearray([_NOBODY]) * len(self._flags)
        self._claims = bytearray(len(self._flags))

    def look(self, rows: Iterable[Row]) -> None:
        """Note whose ids stand in the file, and whether somebody may stand in it under another id."""
        if not self._flags:
            return
        find, flags = self._keys["mis_id"].find, self._flags
        for row in rows:
            places = find(row.mis_id)
            for place in places:
                flags[place] |= _IN_FILE if row.leaves else _IN_FILE | _STAYS
            if not places and not self.is_unusual and not row.leaves:
                self.is_unusual = bool(self.likely(row)) or bool(self.adults(row))

    def claim(self, rows: Iterable[Row]) -> None:
        """Count how many rows of other ids may mean each person, by the surest way there is for them."""
        for row in rows:
            if row.leaves or self._keys["mis_id"].find(row.mis_id):
                continue
            for way, places in self.likely(row).items():
                for place in places:
                    rank = WAYS.index(way)
                    if rank < self._way[place]:
                        self._way[place], self._claims[place] = rank, 1
                    elif rank == self._way[place]:
                        self._claims[place] = min(255, self._claims[place] + 1)

    def likely(self, row: Row) -> dict[str, list[int]]:
        """Whom a row may mean beside whoever has its id: the places of the surest way that finds somebody who has no row."""
        for way, key in keys_to_match(row).items():
            places = [place for place in self._keys[way].find(key) if not self._flags[place] & _STAYS]
            if places:
                return {way: places}
        return {}

    def adults(self, row: Row) -> list[int]:
        """Those who work here and have the name and address of a parent's row."""
        if row.role != "parent" or row.email is None:
            return []
        find, name = self._keys["who"].find, name_key(row.given_name, row.family_name)
        return [place for role in sorted(ADULTS) for place in find(who_key(role, row.email, name))]

    def parents(self, row: Row) -> list[int]:
        """The parents who have the name and address of a parent's row, whether they have a row or not."""
        return self._keys["who"].find(keys_to_match(row).get("who", "")) if row.role == "parent" else []

    def claims(self, place: int, way: str) -> int:
        """How many rows claim somebody in this way; 0 where there is a surer one."""
        return self._claims[place] if self._way[place] == WAYS.index(way) else 0

    def goes_on(self, person: Person) -> bool:
        """Whether exactly one row of another id claims this person."""
        places = self._keys["mis_id"].find(person.mis_id) if person.mis_id is not None else []
        return len(places) == 1 and self._claims[places[0]] == 1

    def with_id(self, mis_id: str) -> list[int]:
        """Who has this MIS id now: their places."""
        return self._keys["mis_id"].find(mis_id)

    def id_at(self, place: int) -> str:
        """The id of the person at a place."""
        return self._ids[place * _ID : (place + 1) * _ID].decode().rstrip()

    def has_row(self, person: Person) -> bool:
        """Whether the file has a row with this person's id that does not say that they have left."""
        places = self._keys["mis_id"].find(person.mis_id) if person.mis_id is not None else []
        return any(self._flags[place] & _STAYS for place in places)

    def is_in_file(self, person: Person, *, perhaps: bool = False) -> bool:
        """Whether the file has a row with this person's id; ``perhaps``: or one of another id that may mean them."""
        places = self._keys["mis_id"].find(person.mis_id) if person.mis_id is not None else []
        return any(self._flags[place] & _IN_FILE or (perhaps and self._claims[place]) for place in places)

    def conflicts(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Which of these new facts are somebody else's, and why they cannot be taken."""
        found = {}
        if "username" in facts and self._keys["username"].find(facts["username"]):
            found["username"] = "is somebody else's username already; it was left out"
        if "upn" in facts and self._keys["upn"].find(facts["upn"]):
            found["upn"] = "is another student's UPN already; it was left out"
        if facts.get("email") in self._admin_emails:
            found["email"] = "is an admin's address, which a roster gives to nobody else; it was left out"
        return found

    def freed(self, username: str) -> list[str]:
        """The ids of those who have this username and have all left; empty if one of them has not, or is back in this file."""
        places = self._keys["username"].find(username)
        gone = all(self._flags[place] & _LEFT and not self._flags[place] & (_STAYS | _ADMIN) for place in places)
        return [self.id_at(place) for place in places] if gone else []
