"""The data register is whole and says what it should; what is stored is held to it wherever tests store anything."""

from collections import Counter

import pytest

from infra.data_register import PAGE, page
from latchkey.shared.stores.register import Kind
from latchkey.wiring import Wiring
from tests.support.sam import ROOT

REGISTER = Wiring.register()
STORES = ROOT / "layers" / "domain" / "latchkey"


def test_the_page_is_the_register() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: make register"


def test_every_package_that_keeps_something_is_in_it() -> None:
    written = {each.parents[1].name for each in STORES.glob("*/stores/register.py")} - {"shared"}
    asked = {kind.name: kind for kind in REGISTER}
    assert len(asked) == len(REGISTER), [name for name, count in Counter(each.name for each in REGISTER).items() if count > 1]
    assert all(f"latchkey.{each}.stores.register" in _loaded() for each in written)


def _loaded() -> set[str]:
    import sys

    return set(sys.modules)


@pytest.mark.parametrize("kind", REGISTER, ids=lambda kind: kind.name)
def test_a_kind_says_what_becomes_of_it(kind: Kind) -> None:
    assert kind.attributes
    assert kind.hidden <= {*kind.attributes}
    assert kind.why
    assert kind.kept
    assert kind.seen_by
    if kind.about == "a person":
        assert kind.erased != "nothing", "who is erased has to go out of it"
    if kind.erased in {"deleted", "taken out"}:
        assert kind.about != "nobody"


@pytest.mark.parametrize("kind", REGISTER, ids=lambda kind: kind.name)
def test_a_key_is_of_one_kind(kind: Kind) -> None:
    pk, sk = (key.replace("<", "").replace(">", "") for key in (kind.pk, kind.sk))
    assert [each.name for each in REGISTER if each.is_of(kind.table, pk, sk)] == [kind.name]
