from pathlib import Path

import pytest

from graphfraud.config import Policy, Settings
from graphfraud.errors import SettingsError, UsageError
from graphfraud.settings_file import read_settings, settings_toml


@pytest.mark.parametrize("kind", [Settings, Policy])
def test_what_is_shown_reads_back_to_the_same(kind: type[Settings | Policy], tmp_path: Path) -> None:
    path = tmp_path / "shown.toml"
    path.write_text(settings_toml(kind()))
    assert read_settings(kind, path) == kind()


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("version = 1\n[thresholds.track]\nblock = 0.99\n")
    policy = read_settings(Policy, path)
    assert policy.thresholds.track.block == 0.99
    assert policy.thresholds.account == Policy().thresholds.account


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 1\n[modle]\n", "modle: unknown key: did you mean 'model'?"),
        ("version = 1\n[model]\nepochs = 3\n", "model.epochs: unknown key: did you mean 'epoch_count'?"),
        ("version = 1\n[model]\nepoch_count = 0\n", "model.epoch_count: input should be greater than or equal to 1"),
        ("version = 1\n[model]\nlearning_rate = nan\n", "model.learning_rate"),
        ("version = 1\n[model]\nepoch_count = 'many'\n", "model.epoch_count: input should be a valid integer"),
        ("version = 2\n", "version: 2: this release reads `version = 1`"),
        ("[model]\nepoch_count = 3\n", "version: missing"),
    ],
)
def test_a_wrong_setting_is_answered_with_its_place_and_the_nearest_fix(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "graphfraud.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"graphfraud\.toml") as refused:
        read_settings(Settings, path)
    assert said in str(refused.value)


def test_thresholds_must_rise(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("version = 1\n[thresholds.track]\nhold = 0.99\n")
    with pytest.raises(SettingsError, match="thresholds must rise"):
        read_settings(Policy, path)


@pytest.mark.parametrize("content", [b"version = \n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "graphfraud.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"graphfraud\.toml"):
        read_settings(Settings, path)
