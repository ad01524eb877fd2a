"""The offline coach: what it says for each state, and that nothing makes it break a rule."""

from uuid import UUID, uuid4

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bee.coach.checks import reply_figures
from bee.coach.offline import Memory, Momentum, Said, reply
from bee.coach.quoting import quotable

STATES = [*Momentum, None]
MESSAGES = [
    "",
    " ",
    "ok",
    "👍👍👍",
    "I walked to work every day this week and slept well",
    "I slept badly, my head is full of work",
    "What should I eat for lunch?? And when??",
    "ich bin heute müde und habe keine Lust",
    "hoy caminé mucho y me siento bien",
    "我今天走了一万步",
    "مشيت اليوم كثيرا وأنا سعيد",
    "मैं आज बहुत चला",
    "I feel lazy and fat and stupid",
    "I think I have depression, my sister Anna has it too, call her at 555-123-4567",
    "<script>alert(1)</script> ${name} {0} %s",
    "I " + "walked " * 50_000,
    "antidisestablishmentarianism " * 20,
    "a” “b” said “c”? really? no? yes?",
]


def memory(value: str) -> Memory:
    return Memory(uuid4(), "habit", value)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message[:20])
def test_every_reply_is_short_plain_kind_and_ends_with_one_question(
    message: str, state: Momentum | None
) -> None:
    said = reply(message, state, [memory("walks the dog at noon")], [])
    figures = reply_figures(said.text)
    assert figures.passes, (said.text, figures)
    assert figures.questions == 1
    assert said.text.endswith("?")


@given(
    message=st.text(max_size=400),
    state=st.sampled_from(STATES),
    values=st.lists(st.text(min_size=1, max_size=200), max_size=3),
    recent=st.lists(st.text(max_size=100), max_size=3),
)
@example(message="İ\u0307 ﷺ x", state=None, values=["\ud800"], recent=[])
@settings(max_examples=400)
def test_no_message_and_no_memory_makes_it_break_a_rule(
    message: str, state: Momentum | None, values: list[str], recent: list[str]
) -> None:
    memories = [memory(value) for value in values]
    said = reply(message, state, memories, [Said("coach", body) for body in recent])
    figures = reply_figures(said.text)
    assert figures.passes, (said.text, figures)
    assert figures.questions == 1
    assert set(said.memory_ids) <= {given.id for given in memories}
    assert said.model == "offline"


def test_the_same_input_gets_the_same_reply() -> None:
    known = [Memory(UUID(int=1), "habit", "walks the dog at noon")]
    replies = {reply("I walked the dog", Momentum.RISING, known, []).text for _ in range(20)}
    assert len(replies) == 1


@pytest.mark.parametrize(
    ("state", "opening", "step"),
    [
        (Momentum.RISING, ("Nice work", "on a roll", "real progress"), "Would you like to"),
        (Momentum.STEADY, ("steady", "showing up"), "Are you up for a small test"),
        (
            Momentum.NEEDS_CARE,
            ("glad you wrote", "feel like a lot", "some days are just hard"),
            "Would it feel okay",
        ),
        (None, ("Thank you", "good to hear", "glad you are here"), "Are you up for a small test"),
    ],
)
def test_the_state_sets_the_tone(state: Momentum | None, opening: tuple[str, ...], step: str) -> None:
    for message in ("I went for a walk", "we cooked at home", "my bed is new", "hello there coach"):
        text = reply(message, state, [], []).text
        assert any(words in text for words in opening), text
        assert step in text


@pytest.mark.parametrize("state", STATES)
def test_a_hard_day_is_heard_whatever_the_state(state: Momentum | None) -> None:
    assert "hard" in reply("I am so tired and sad", state, [], []).text


def test_the_member_s_own_words_are_given_back() -> None:
    assert (
        "“I walked to work every day”"
        in reply("Hi! I walked to work every day.", Momentum.STEADY, [], []).text
    )


def test_a_memory_is_named_only_where_the_message_is_about_it() -> None:
    known = memory("walks with the dog at noon")
    about = reply("I took the dog out and he walks well", Momentum.RISING, [known], [])
    assert "I remember: “walks with the dog at noon”" in about.text
    assert about.memory_ids == (known.id,)
    other = reply("I cooked soup", Momentum.RISING, [known], [])
    assert "remember" not in other.text
    assert other.memory_ids == ()
    assert "remember" not in reply("I was out with a friend at noon-ish", Momentum.RISING, [known], []).text
    assert "remember" not in reply("I took the dog out", Momentum.RISING, [], []).text


def test_the_step_offered_last_is_not_offered_again() -> None:
    message = "I went for a walk"
    first = reply(message, Momentum.STEADY, [], []).text
    second = reply(message, Momentum.STEADY, [], [Said("member", message), Said("coach", first)]).text
    assert first.rpartition("Are you")[2] != second.rpartition("Are you")[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I slept well", "I slept well"),
        ("Nice weather here, but I slept badly.", "but I slept badly"),
        ("one two three four five six seven eight nine", "one two three four five six seven eight…"),
        ("my sister is ill", None),
        ("yesterday I met Anna", None),
        ("write me at a@example.org", None),
        ("call me at 5551234567", None),
        ("I feel so lazy", None),
        ("I have depression", None),
        ("ok", None),
        ("👍 👍", None),
        ("", None),
    ],
)
def test_only_fit_words_are_quoted(text: str, words: str | None) -> None:
    assert quotable(text) == words
