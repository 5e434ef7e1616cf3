"""What looks have found, in the table ``activity``: the site's facts, and of each school how its last look ended.

Nothing is decided by it and whoever looks later writes over it. A look that was kept by another release and cannot be read
counts as none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from latchkey.people.model.person import Person
from latchkey.people.stores.items import person_from_item, person_key
from latchkey.preflight.model.facts import Account, Alarms, Configuration, Dns, Identity, Site, Unseen
from latchkey.preflight.model.kept import Kept
from latchkey.sends.model.domains import Domains
from latchkey.sends.stores.mail_domains import NOTHING_KNOWN, counts_key, domains_of
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Item, Put, Table, batch_get

_SITE_PK: Final = "#PREFLIGHT"  # no slug begins so: it is no school's
_SITE: Final = "SITE"
_LOOK: Final = "LOOK"
_PARTS: Final[Mapping[str, type[Any]]] = {
    "account": Account,
    "identity": Identity,
    "configuration": Configuration,
    "alarms": Alarms,
}


@dataclass(frozen=True, slots=True)
class Brief:
    """The last look at the site and how the last one at the school ended, if there were any; its mail by domain; some people."""

    site: Site | None
    kept: Kept | None
    domains: Domains
    people: tuple[Person, ...]

    @classmethod
    def nothing(cls) -> Self:
        """Where nothing could be read."""
        return cls(None, None, NOTHING_KNOWN, ())


class KeptLooks:
    """The looks of all schools and of the site."""

    def __init__(self, client: Client, table: Table, directory: Table) -> None:
        self._client = client
        self._table = table
        self._directory = directory

    def put_site(self, site: Site) -> None:
        """Keep what was found of the site."""
        facts: Item = {name: _to_value(getattr(site, name)) for name in _PARTS}
        dns: Item = {
            "spf": _to_value(site.dns.spf),
            "dmarc": {name: _to_value(found) for name, found in site.dns.dmarc.items()},
            "dkim": {name: _to_value(found) for name, found in site.dns.dkim.items()},
        }
        names: Item = {"at": site.at, "sender": site.sender, "identity_name": site.identity_name}
        self._table.put(Put(item={"pk": _SITE_PK, "sk": _SITE, **names, "facts": facts, "dns": dns}))

    def site(self) -> Site | None:
        """What was found of the site last."""
        return _site(self._table.get(_SITE_PK, _SITE))

    def put(self, school: str, kept: Kept) -> None:
        """Keep how a look at a school ended."""
        item: Item = {
            "pk": f"{school}{_SITE_PK}",
            "sk": _LOOK,
            "at": kept.at,
            "stops": list(kept.stops),
            "warns": list(kept.warns),
            "told": list(kept.told),
        }
        self._table.put(Put(item=item))

    def of(self, schools: Sequence[str]) -> dict[str, Kept]:
        """How the last looks at these schools ended, 100 a call; those that were never looked at are missing."""
        keys = [(f"{school}{_SITE_PK}", _LOOK) for school in schools]
        found = batch_get(self._client, {self._table: keys})
        return {item["pk"].removesuffix(_SITE_PK): _kept(item) for _, item in found}

    def brief(self, school: str, people: Iterable[str]) -> Brief:
        """All that a page needs besides the roll and what runs, in one call."""
        wanted = {
            self._table: [(_SITE_PK, _SITE), (f"{school}{_SITE_PK}", _LOOK), counts_key(school)],
            self._directory: [person_key(school, person) for person in people],
        }
        site: Site | None = None
        kept: Kept | None = None
        domains, found = NOTHING_KNOWN, list[Person]()
        for table, item in batch_get(self._client, wanted):
            if table == self._directory.name:
                found.append(person_from_item(item))
            elif item["sk"] == _SITE:
                site = _site(item)
            elif item["sk"] == _LOOK:
                kept = _kept(item)
            else:
                domains = domains_of(item)
        return Brief(site, kept, domains, tuple(found))


def _kept(item: Item) -> Kept:
    return Kept(at=item["at"], stops=tuple(item["stops"]), warns=tuple(item["warns"]), told=tuple(item["told"]))


def _site(item: Item | None) -> Site | None:
    if item is None:
        return None
    try:
        dns = item["dns"]
        return Site(
            at=item["at"],
            sender=item["sender"],
            identity_name=item["identity_name"],
            **{name: _from_value(item["facts"][name], kind) for name, kind in _PARTS.items()},
            dns=Dns(
                spf=_texts(dns["spf"]),
                dmarc={name: _texts(found) for name, found in dns["dmarc"].items()},
                dkim={name: _texts(found) for name, found in dns["dkim"].items()},
            ),
        )
    except (KeyError, TypeError, ValueError):  # another release's
        return None


def _to_value(found: Any) -> Any:
    if isinstance(found, Unseen):
        return {"unseen": found.why}
    if isinstance(found, tuple):
        return {"records": list(found)}
    return {name: _plain(value) for name, value in asdict(found).items()}


def _plain(value: Any) -> Any:
    """A rate can be less than one a second, and the table holds whole numbers: it stands there as a text."""
    if isinstance(value, tuple):
        return list(value)
    return repr(value) if isinstance(value, float) else value


def _from_value(value: Mapping[str, Any], kind: type[Any]) -> Any:
    if "unseen" in value:
        return Unseen(value["unseen"])
    names = {each.name for each in fields(kind)}
    facts: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in value.items() if name in names
    }
    if "each_second" in facts:
        facts["each_second"] = float(facts["each_second"])
    return kind(**facts)


def _texts(value: Mapping[str, Any]) -> Any:
    return Unseen(value["unseen"]) if "unseen" in value else tuple(value["records"])
