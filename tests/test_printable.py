import pytest

from graphfraud.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("one\ntwo\u2028three", r"one\ntwo\u2028three"),
        ("acc-\u202e1-cca", r"acc-\u202e1-cca"),
        ("A\u200bB\ufeff", r"A\u200bB\ufeff"),
        ("\ud800 \uffff", r"\ud800 \uffff"),
    ],
)
def test_what_commands_or_deceives_is_shown(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["Ça ira", "東京\u3000夜", "10\u00a0h", "क्\u200dष", "👩\u200d🎤"])
def test_every_script_stays_whole(text: str) -> None:
    assert printable(text) == text
