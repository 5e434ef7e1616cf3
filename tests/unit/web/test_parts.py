"""The components that pages are made of: one way each, whatever the page."""

from web.pages import environment, reading


def made(source: str) -> str:
    with reading("en") as reader:
        return environment().from_string(source).render(reader=reader)


def test_a_state_pill_has_the_colour_of_its_kind_and_words_for_people() -> None:
    page = made('{% from "parts/state_pill.html" import state_pill %}{{ state_pill("queued", "scheduled for 18:00") }}')
    assert page == '<span class="state state-queued">scheduled for 18:00</span>'


def test_steps_say_where_one_is_and_lead_to_those_that_can_be_gone_to() -> None:
    page = made(
        '{% from "parts/steps.html" import steps %}'
        '{{ steps([("who", "Who", "/who"), ("when", "When", "/when"), ("check", "Check", "")], "when", "Steps") }}'
    )
    assert '<a href="/who">Who</a>' in page
    assert '<li aria-current="step"><span>When</span></li>' in page
    assert "<li><span>Check</span></li>" in page


def test_a_summary_list_has_a_change_for_each_answer_that_can_be_changed_and_says_of_what() -> None:
    page = made(
        '{% from "parts/summary_list.html" import answer, summary_list %}{% call summary_list() %}'
        '{% call answer("Who", "/who") %}{{ "<Year 7>" }}{% endcall %}{% call answer("By") %}Sam{% endcall %}{% endcall %}'
    )
    assert "&lt;Year 7&gt;" in page
    assert page.count('<a href="/who">Change<span class="hidden"> who</span></a>') == page.count("Change") == 1


def test_a_confirmation_is_said_by_a_screen_reader_with_or_without_what_happens_next() -> None:
    start = '{% from "parts/confirmation.html" import confirmation %}'
    assert 'role="status"' in made(start + '{{ confirmation("Saved") }}')
    assert "<p>Next</p>" in made(start + '{% call confirmation("Saved") %}<p>Next</p>{% endcall %}')
