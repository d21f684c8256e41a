"""The command `graphfraud simulate`."""

from pathlib import Path

import polars as pl
import pytest
from conftest import Graphfraud

from graphfraud.simulator.labels import ReviewTeam
from graphfraud.simulator.world import WorldSettings, WrittenWorld

SMALL = ("--scale", "0.002", "--days", "3")


def truth(world: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(world / "truth" / f"{table}.parquet")


def test_it_says_what_it_wrote_and_what_to_do_next(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("simulate", tmp_path / "world", *SMALL, "--seed", "1")
    assert answer.code == 0
    assert "bot_farm                   1 ring\n" in answer.out
    assert "shop                       1 group of honest look-alikes" in answer.out
    streams = truth(tmp_path / "world", "streams")
    assert f"streams   {streams.height:>18,} rows" in answer.out
    assert f"streams   {streams['fake'].sum():>18,} fake" in answer.out
    assert f"graphfraud run {tmp_path / 'world' / 'feed'} --out " in answer.out


def test_days_are_days_of_the_feed(graphfraud: Graphfraud, tmp_path: Path) -> None:
    assert graphfraud("simulate", tmp_path / "world", *SMALL).code == 0
    assert len(list((tmp_path / "world" / "feed" / "streams").iterdir())) == 3


def test_every_option_reaches_the_world(
    graphfraud: Graphfraud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[WorldSettings] = []

    def noted(_: Path, settings: WorldSettings, **_others: object) -> WrittenWorld:
        asked.append(settings)
        return WrittenWorld(row_counts={}, ring_counts={}, lookalike_counts={}, fake_count=0)

    monkeypatch.setattr("graphfraud.simulator.world.write_world", noted)
    options = {
        "--scale": 0.5,
        "--seed": 9,
        "--days": 12,
        "--adapt": 3,
        "--payout": 0.004,
        "--labelled-share": 0.6,
        "--label-delay-days": 4,
        "--wrong-labels-share": 0.1,
    }
    words = [str(word) for option in options.items() for word in option]
    blind = ("--never-labelled", "hijack", "--never-labelled", "slow_ring")
    assert graphfraud("simulate", tmp_path / "world", *words, *blind, "--honest").code == 0
    team = ReviewTeam(ring_share=0.6, delay_days=4, wrong_share=0.1, blind_to=("hijack", "slow_ring"))
    assert asked == [WorldSettings(scale=0.5, seed=9, day_count=12, attacks={}, level=3, team=team, payout_eur=0.004)]


def test_an_honest_world_has_look_alikes_and_no_fraud(graphfraud: Graphfraud, tmp_path: Path) -> None:
    answer = graphfraud("simulate", tmp_path / "world", *SMALL, "--honest")
    assert answer.code == 0
    assert "bot_farm" not in answer.out
    assert truth(tmp_path / "world", "rings").is_empty()
    assert not truth(tmp_path / "world", "streams")["fake"].any()
    assert not truth(tmp_path / "world", "lookalikes").is_empty()


def test_a_file_says_which_attacks_take_place(graphfraud: Graphfraud, tmp_path: Path) -> None:
    (tmp_path / "attacks.toml").write_text("version = 1\n[attack.hijack]\nrings = 2\n")
    answer = graphfraud("simulate", tmp_path / "world", *SMALL, "--attacks", tmp_path / "attacks.toml")
    assert answer.code == 0
    assert set(truth(tmp_path / "world", "rings")["ring"]) == {"hijack-0", "hijack-1"}


def test_what_config_shows_of_attacks_is_a_file_that_is_taken(graphfraud: Graphfraud, tmp_path: Path) -> None:
    shown = graphfraud("config", "show", "attacks")
    assert shown.code == 0
    (tmp_path / "attacks.toml").write_text(shown.out)
    asked = ("--attacks", tmp_path / "attacks.toml")
    assert graphfraud("simulate", tmp_path / "world", *SMALL, *asked).code == 0
    assert truth(tmp_path / "world", "rings")["kind"].n_unique() == shown.out.count("[attack.")


def test_a_kind_that_reviewers_never_label_carries_no_label(graphfraud: Graphfraud, tmp_path: Path) -> None:
    (tmp_path / "attacks.toml").write_text(
        "version = 1\n[attack.bot_farm]\nstart_share = 0\n[attack.hijack]\nstart_share = 0\n"
    )
    options = ("--labelled-share", "1", "--label-delay-days", "0.1", "--never-labelled", "hijack")
    world = tmp_path / "world"
    assert graphfraud("simulate", world, *SMALL, *options, "--attacks", tmp_path / "attacks.toml").code == 0
    labelled = truth(world, "rings").filter("labelled")
    assert set(labelled["kind"]) == {"bot_farm"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scale", "1000"], "scale 1000 is out of range"),
        (["--days", "0"], "days 0 is out of range"),
        (["--seed", "-1"], "seed -1 is negative"),
        (["--never-labelled", "botfarm"], "did you mean 'bot_farm'? there are bot_farm, camouflaged_farm"),
        (["--attacks", "nowhere.toml"], "nowhere.toml: settings cannot be read"),
        (["--attacks", "nowhere.toml", "--honest"], "give it, or --attacks, not both"),
    ],
)
def test_a_wrong_use_is_told_with_what_would_do(
    graphfraud: Graphfraud, tmp_path: Path, options: list[str], said: str
) -> None:
    answer = graphfraud("simulate", tmp_path / "world", *options)
    assert answer.code == 2
    assert said in answer.last_error
    assert not (tmp_path / "world").exists()


@pytest.mark.parametrize(
    "options", [["--adapt", "5"], ["--labelled-share", "1.5"], ["--payout", "-1"], ["--wrong-labels-share", "nan"]]
)
def test_an_option_out_of_range_is_a_wrong_use(graphfraud: Graphfraud, tmp_path: Path, options: list[str]) -> None:
    answer = graphfraud("simulate", tmp_path / "world", *options)
    assert answer.code == 2
    assert f"Invalid value for '{options[0]}'" in answer.error
    assert not (tmp_path / "world").exists()


def test_a_file_of_attacks_that_says_what_is_not_there_is_refused(graphfraud: Graphfraud, tmp_path: Path) -> None:
    (tmp_path / "attacks.toml").write_text("version = 1\n[attack.hijak]\n")
    answer = graphfraud("simulate", tmp_path / "world", "--attacks", tmp_path / "attacks.toml")
    assert answer.code == 2
    assert "attack.hijak: unknown attack: did you mean 'hijack'?" in answer.last_error
