"""A sentence is an English string that can be said in other languages."""

import copy
import json
import pickle

from latchkey.errors import Conflict, Invalid
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.texts import Text, said, said_count, translated

POLISH = catalogue("pl")[1]
ENGLISH = catalogue("en")[1]


def test_it_is_a_string() -> None:
    text = said("Enter your {name}.", name="PIN")
    assert text == "Enter your PIN."
    assert json.dumps({"detail": text}) == '{"detail": "Enter your PIN."}'
    assert {text: 1} == {"Enter your PIN.": 1}


def test_pickled_or_joined_it_is_english_and_a_copy_is_itself() -> None:
    text = said("Hello,")
    assert type(pickle.loads(pickle.dumps(text))) is str
    assert type(f"{text}") is str
    assert copy.deepcopy({"a": text})["a"] is text
    assert copy.copy(text) is text


def test_it_is_said_in_another_language_with_its_values() -> None:
    text = said("Sign in with: {login}", login="ann.okafor")
    assert translated(text, ENGLISH) == "Sign in with: ann.okafor"
    assert translated(text, POLISH).endswith("ann.okafor")
    assert translated(text, POLISH) != text


def test_a_value_that_is_a_sentence_is_translated_too() -> None:
    text = said("{day}, {time}", day=said("never"), time="18:05")
    assert translated(text, POLISH) == "nigdy, 18:05"


def test_a_number_takes_the_form_that_it_needs() -> None:
    found = {count: translated(said_count("{count} day", "{count} days", count), POLISH) for count in (1, 2, 5, 22)}
    assert found == {1: "1 dzień", 2: "2 dni", 5: "5 dni", 22: "22 dni"}
    assert [said_count("{count} day", "{count} days", count) for count in (1, 2)] == ["1 day", "2 days"]


def test_what_somebody_typed_is_no_pattern() -> None:
    text = said("Sign in with: {login}", login="{login.__class__} %(x)s")
    assert text == "Sign in with: {login.__class__} %(x)s"
    assert translated(text, POLISH).endswith("{login.__class__} %(x)s")


def test_a_message_without_values_may_hold_braces() -> None:
    assert said("Write {a}.") == "Write {a}."


def test_a_plain_string_is_looked_up_as_it_is() -> None:
    assert translated("Hello,", POLISH) != "Hello,"
    assert translated("Never said anywhere", POLISH) == "Never said anywhere"
    assert translated("", POLISH) == ""


def test_an_error_keeps_its_sentence() -> None:
    error = Invalid(fields={"name": said("Enter your {name}.", name="PIN")})
    assert isinstance(error.fields["name"], Text)
    assert translated(error.detail, POLISH) == "Części wpisanych danych nie można użyć."
    assert translated(Conflict().detail, POLISH) == "To nie pasuje do obecnego stanu."
