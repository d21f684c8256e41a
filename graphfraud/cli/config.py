"""`graphfraud config show`: every setting with its default, unit and range."""

from enum import StrEnum
from typing import Annotated

import typer

from graphfraud.config import Policy, Settings
from graphfraud.settings_file import settings_toml

config_app = typer.Typer(name="config", help="The settings of a run.", no_args_is_help=True)


class SettingsFile(StrEnum):
    """Which file to show."""

    BOTH = "both"
    SETTINGS = "settings"
    POLICY = "policy"
    ATTACKS = "attacks"


@config_app.callback()
def _config() -> None:
    """The settings of a run."""


@config_app.command()
def show(
    which: Annotated[
        SettingsFile,
        typer.Argument(
            help="settings prints graphfraud.toml alone, policy prints policy.toml alone, "
            "attacks prints what `graphfraud simulate --attacks` takes."
        ),
    ] = SettingsFile.BOTH,
) -> None:
    """Print the defaults of graphfraud.toml (how to compute) and policy.toml (what the business decides)."""
    if which == SettingsFile.ATTACKS:
        from graphfraud.simulator.attack_file import attacks_toml

        typer.echo(attacks_toml(), nl=False)
        return
    if which == SettingsFile.BOTH:
        typer.echo("# ---- graphfraud.toml, for --config: alone with `graphfraud config show settings`")
    if which != SettingsFile.POLICY:
        typer.echo(settings_toml(Settings()))
    if which == SettingsFile.BOTH:
        typer.echo("# ---- policy.toml, for --policy: alone with `graphfraud config show policy`")
    if which != SettingsFile.SETTINGS:
        typer.echo(settings_toml(Policy()))
