"""What a JSON request may say; and what tells one from another."""

from hypothesis import given
from hypothesis import strategies as st

from latchkey.email_updates.model.items import Item, fingerprint, parse_items
from latchkey.errors import Invalid

KEY = bytes(32)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "upn", "email", "confirm", "hat"]), inner),
    max_leaves=12,
)


@given(ANYTHING)
def test_anything_is_items_or_refused_with_the_fields(value: object) -> None:
    fields: dict[str, str] = {}
    items: list[Item] = []
    try:
        items = parse_items(value)
    except Invalid as refused:
        fields = dict(refused.fields)
    assert bool(items) != bool(fields)
    assert all(name.partition(".")[0] == "items" for name in fields)
    assert all(item.keys for item in items)


def test_a_fingerprint_tells_every_part_and_gives_nothing_away() -> None:
    item = Item(keys=(("id", "a"),), email="ann@x.example")
    others = [
        Item(keys=(("id", "b"),), email="ann@x.example"),
        Item(keys=(("upn", "a"),), email="ann@x.example"),
        Item(keys=(("id", "a"),), email="ben@x.example"),
        Item(keys=(("id", "a"),), email="ann@x.example", confirm=True),
        Item(keys=(("id", "a"),), email="ann@x.example", seen="none"),
    ]
    prints = {fingerprint(KEY, [each]) for each in (item, *others)} | {
        fingerprint(KEY, [item, item]),
        fingerprint(b"k" * 32, [item]),
    }
    assert len(prints) == 8
    assert all(len(each) == 32 for each in prints)
