"""Names of nodes, edges and what they carry, declared once."""

from dataclasses import dataclass
from typing import Final

ACCOUNT: Final = "account"
TRACK: Final = "track"
LISTENER: Final = "listener"
MEAN: Final = "mean"
"""A shared means: one device, address, payee or plan group that two or more subjects use."""

RELEASE: Final = "release"
"""Two tracks or more that an account brought out together: of one track it would only say again what the track says."""

SUBJECT_KINDS: Final = (ACCOUNT, TRACK, LISTENER)
ID_COLUMN: Final = {
    ACCOUNT: "account_id",
    TRACK: "track_id",
    LISTENER: "listener_id",
    MEAN: "mean_id",
    RELEASE: "release_key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number that every edge of a relation carries beside its weight."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One kind of edge: a past verb from a source kind to a target kind."""

    name: str
    source: str
    target: str
    weight: str
    """What the edge's weight counts, with its unit."""
    facts: tuple[Fact, ...] = ()


UPLOADED: Final = Relation(name="uploaded", source=ACCOUNT, target=TRACK, weight="1")
STREAMED: Final = Relation(
    name="streamed",
    source=LISTENER,
    target=TRACK,
    weight="plays, count",
    facts=(
        Fact(name="first_us", unit="first play, us since 1970, UTC"),
        Fact(name="last_us", unit="last play, us since 1970, UTC"),
        Fact(name="just_paid_share", unit="plays cut soon after the 30 s that pay, share (0-1)"),
        Fact(name="hour_entropy_nats", unit="entropy of the hour of the week of the plays, UTC, nats"),
    ),
)
RELEASED: Final = Relation(name="released", source=RELEASE, target=TRACK, weight="1")
ACCOUNT_USED: Final = Relation(name="account_used", source=ACCOUNT, target=MEAN, weight="1 / strangers that share it")
LISTENER_USED: Final = Relation(
    name="listener_used", source=LISTENER, target=MEAN, weight="1 / strangers that share it"
)

RELATIONS: Final = (UPLOADED, RELEASED, STREAMED, ACCOUNT_USED, LISTENER_USED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One kind of evidence about a ring, as people read it."""

    family: str
    """Measures of one family see the same thing."""
    title: str
    unit: str
    """share (0-1), count, days, or factor (1 is alike)."""


RING_MEASURES: Final = {
    "closure": Measure(family="effort", title="Closed audience", unit="share"),
    "alikeness": Measure(family="effort", title="Spread of effort", unit="share"),
    "volume": Measure(family="effort", title="Spread of volume", unit="factor"),
    "just_paid": Measure(family="rhythm", title="Plays stopped once they pay", unit="share"),
    "day_curve": Measure(family="rhythm", title="Plays at night", unit="share"),
    "shared_means": Measure(family="means", title="Shared devices and addresses", unit="count"),
    "away": Measure(family="means", title="Plays from foreign devices", unit="share"),
    "captive_owners": Measure(family="gain", title="What those who gain owe to it", unit="share"),
    "payees": Measure(family="gain", title="Payees that gain", unit="count"),
    "outside_audience": Measure(family="gain", title="Outside audience", unit="share"),
    "listener_ages": Measure(family="origin", title="Spread of the listeners' ages", unit="factor"),
    "account_ages": Measure(family="catalogue", title="Age of the accounts", unit="days"),
    "accounts_opened_together": Measure(family="catalogue", title="Spread of the accounts' ages", unit="factor"),
    "upload_burst": Measure(family="catalogue", title="Days within which half was uploaded", unit="days"),
    "tied_accounts": Measure(family="catalogue", title="Tied accounts", unit="share"),
    "recordings": Measure(family="content", title="Same recordings", unit="share"),
    "titles": Measure(family="content", title="Same titles", unit="share"),
}
"""What a ring is judged by; a measure that a later release adds is kept and shown under its own name."""

RING_FAMILIES: Final = {
    "effort": "what its listeners give it",
    "rhythm": "when and how long they play",
    "means": "from which devices",
    "gain": "who gains, and who else listens",
    "origin": "where its listeners come from",
    "catalogue": "how the catalogue came to be",
    "content": "what the tracks are",
}
ROLES: Final = {
    "operator": "an account of it that shares a payee, device or address with others of it",
    "beneficiary": "what it is there for: gains from it, or stands ready to",
    "bystander": "is merely played by it, and not accused",
    "bot": "plays for it",
    "victim": "an honest listener in whose name it plays, not accused",
}
EXCUSED_ROLES: Final = ("bystander", "victim")
"""Roles that accuse nobody."""
