"""`--attacks FILE.toml`: read, refused, and printed to be given back."""

import re
from pathlib import Path

import numpy as np
import pytest
from simulator.worlds import RING_KINDS, made_world

from graphfraud.errors import SettingsError, UsageError
from graphfraud.simulator.attack_file import attacks_toml, read_attacks
from graphfraud.simulator.cast import ATTACKS, AskedAttack
from graphfraud.simulator.operations.knobs import KNOB_NAMES, Span, knobs_drawn


def asked(folder: Path, text: str) -> dict[str, AskedAttack]:
    path = folder / "attacks.toml"
    path.write_text(f"version = 1\n{text}", encoding="utf-8")
    return read_attacks(path)


def printed(folder: Path, *, with_knobs: bool) -> dict[str, AskedAttack]:
    """The printed file, as it is or with its knobs in force, read back."""
    path, text = folder / "attacks.toml", attacks_toml()
    if with_knobs:
        text = re.sub(r"^# (\w+ = \[)", r"\1", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    return read_attacks(path)


def test_the_printed_file_asks_for_every_attack_and_changes_nothing(tmp_path: Path) -> None:
    assert printed(tmp_path, with_knobs=False) == dict.fromkeys(ATTACKS, AskedAttack())


@pytest.mark.parametrize("kind", RING_KINDS)
def test_the_knobs_of_the_printed_file_read_back_and_hold_all_that_is_drawn(tmp_path: Path, kind: str) -> None:
    read = printed(tmp_path, with_knobs=True)
    assert set(read) == set(ATTACKS)
    assert set(read[kind].ranges) == set(KNOB_NAMES)
    assert read[kind].ring_count is None
    for seed in range(30):
        drawn = knobs_drawn(ATTACKS[kind].ranges, level=seed % 5, rng=np.random.default_rng(seed))
        for name, span in read[kind].ranges.items():
            assert isinstance(span, Span)
            assert span.low * (1 - 1e-5) <= getattr(drawn, name) <= span.high * (1 + 1e-5)


def test_attacks_that_are_left_out_do_not_happen(tmp_path: Path) -> None:
    assert asked(tmp_path, "") == {}
    assert list(asked(tmp_path, "[attack.hijack]")) == ["hijack"]


def test_a_number_is_the_same_for_all_and_a_pair_is_a_range(tmp_path: Path) -> None:
    read = asked(tmp_path, "[attack.bot_farm]\nrings = 3\nbots = 40\nsleep_share = [0.2, 0.4]")["bot_farm"]
    assert read.ring_count == 3
    assert [read.ranges["bots"].at(luck) for luck in (0.0, 0.5, 0.99)] == pytest.approx([40, 40, 40])
    assert read.ranges["sleep_share"].at(0.5) == pytest.approx(0.3)


def test_a_range_is_drawn_as_the_attack_draws_it(tmp_path: Path) -> None:
    read = asked(tmp_path, "[attack.bot_farm]\nbots = [10, 1000]\nplays_per_day = [4, 16]")["bot_farm"]
    assert read.ranges["bots"].at(0.5) == pytest.approx(100)
    assert read.ranges["plays_per_day"].at(0.5) == pytest.approx(8)


def test_no_rings_of_an_attack_are_none(tmp_path: Path) -> None:
    attacks = asked(tmp_path, "[attack.bot_farm]\nrings = 0")
    assert made_world(tmp_path / "world", day_count=1, attacks=attacks).written.ring_counts == {}


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("[attack.botfarm]", "attack.botfarm", "did you mean 'bot_farm'"),
        ("[attack.hijack]\nbot = 3", "attack.hijack.bot", "did you mean 'bots'"),
        ("[attack.hijack]\nring = 3", "attack.hijack.ring", "did you mean 'rings'"),
        ("[attack.hijack]\nbots = 0", "attack.hijack.bots", "choose from 1 to 1e"),
        ("[attack.hijack]\nsleep_share = [0.5, 1.5]", "attack.hijack.sleep_share", "choose from 0 to 1"),
        ("[attack.hijack]\nbots = [9, 3]", "attack.hijack.bots", r"give a number, or \[low, high\]"),
        ("[attack.hijack]\nbots = [1, 2, 3]", "attack.hijack.bots", r"give a number, or \[low, high\]"),
        ("[attack.hijack]\nbots = nan", "attack.hijack.bots", "give a number"),
        ("[attack.hijack]\nbudget_eur = inf", "attack.hijack.budget_eur", "choose from 1 to"),
        ("[attack.hijack]\nrings = -1", "attack.hijack.rings", "give a whole number"),
        ("[attack.hijack]\nrings = 1.5", "attack.hijack.rings", "give a whole number"),
        ("[attack.hijack]\nrings = [1, 2]", "attack.hijack.rings", "give a whole number"),
        ("[attack.hijack]\nrings = inf", "attack.hijack.rings", "give a whole number"),
        ("[attack.hijack]\nrings = nan", "attack.hijack.rings", "give a whole number"),
        ("[attacks.hijack]", "attacks", "did you mean 'attack'"),
    ],
)
def test_what_it_must_not_say_is_refused_with_what_would_do(tmp_path: Path, text: str, key: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refused:
        asked(tmp_path, text)
    assert refused.value.key == key


def test_a_file_that_cannot_be_read_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_attacks(tmp_path / "nowhere.toml")
    with pytest.raises(UsageError, match="not valid TOML"):
        asked(tmp_path, "[attack.hijack\n")
