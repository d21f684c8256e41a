"""Labels, relationship types and properties of the graph database, declared once."""

from dataclasses import dataclass
from typing import Final, Literal

from graphfraud.vocabulary import ACCOUNT, LISTENER, TRACK

SCHEMA_VERSION: Final = 1
"""Of labels, relationship types, keys and properties in the graph database; higher when one of them changes."""
FOREVER: Final = 2_147_483_647
"""`until` of what still holds; small enough to be stored in one block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What a node or relationship carries in the graph database."""

    name: str
    type: Literal["string", "long", "double", "boolean", "date", "datetime", "string[]", "long[]", "double[]"]
    """As Neo4j's importer calls it; instants and days are UTC."""
    unit: str
    """What it says, with its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One kind of node in the graph database."""

    name: str
    key: str
    """The property by which one node of it is told from another."""
    properties: tuple[Property, ...]
    """What is known of it beside its key."""
    also: tuple[str, ...] = ()
    """Further labels of every such node; its key is unique among those of the first of them."""

    @property
    def keyed(self) -> str:
        """The label that its key is unique under."""
        return self.also[0] if self.also else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipType:
    """One kind of relationship in the graph database.

    A fact holds from one load on until another: `since <= load < until`. A judgement belongs to one load: `run`.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    says: str
    properties: tuple[Property, ...] = ()
    is_judgement: bool = False


def _property(name: str, type_: str, unit: str) -> Property:
    return Property(name=name, type=type_, unit=unit)  # type: ignore[arg-type]


_COUNTRY: Final = _property("country", "string", "ISO 3166-1 alpha-2")
_RUN: Final = _property("run", "long", "number of the load that it came with")

ACCOUNT_LABEL: Final = Label(
    name="Account",
    key="account_id",
    properties=(
        _property("created_at", "datetime", "when the account was opened"),
        _COUNTRY,
        _property("distributor_id", "string", "DDEX party id of who delivers for it"),
        _property("verified", "boolean", "the platform knows who this is"),
        _property("account_type", "string", "artist, label or distributor"),
    ),
)
TRACK_LABEL: Final = Label(
    name="Track",
    key="track_id",
    properties=(
        _property("title", "string", "as delivered"),
        _property("artist_name", "string", "as delivered"),
        _property("isrc", "string", "International Standard Recording Code"),
        _property("genre", "string", "as delivered"),
        _property("language", "string", "of the lyrics"),
        _property("contains_ai", "string", "as declared: All, Partly or None (DDEX ERN 4.3.2)"),
        _property("duration_ms", "long", "length, ms"),
        _property("uploaded_at", "datetime", "when it reached the platform"),
    ),
)
LISTENER_LABEL: Final = Label(
    name="Listener",
    key="listener_id",
    properties=(
        _property("created_at", "datetime", "when the subscription began"),
        _COUNTRY,
        _property("plan", "string", "free, premium, family, student or trial"),
    ),
)
DEVICE, ADDRESS, PAYEE, PLAN_GROUP = (
    Label(name=name, key="means_id", properties=(), also=("Means",))
    for name in ("Device", "Address", "Payee", "PlanGroup")
)
"""Means: a device, address or plan group is here when two subjects or more use it; a payee always."""
RELEASE_LABEL: Final = Label(name="Release", key="release_key", properties=())
RING_LABEL: Final = Label(
    name="Ring",
    key="ring_key",
    properties=(
        _property("ring_id", "string", "the ring's id, the same from run to run"),
        _RUN,
        _property("kind", "string", "stream or upload"),
        _property("risk", "double", "probability (0-1)"),
        _property("accounts", "long", "accounts of its extent, count"),
        _property("tracks", "long", "tracks of its extent, count"),
        _property("listeners", "long", "listeners of its extent, count"),
        _property("first_seen", "datetime", "when it began"),
        _property("last_seen", "datetime", "when it was last seen"),
        _property("measures", "string[]", "names of its evidence; what follows stands in the same order"),
        _property("values", "double[]", "what was measured, each in its own unit"),
        _property("expected", "double[]", "what chance would give, in the same unit"),
        _property("log_odds", "double[]", "weight of each; negative speaks for the defence"),
        _property("sentences", "string[]", "each in plain words"),
    ),
)
"""Its key is the ring's id and the load's number: a ring is written anew with each run."""
RUN_LABEL: Final = Label(
    name="Run",
    key="number",
    properties=(
        _property("run_id", "string", "first 16 hex digits of the SHA-256 of the run's identity"),
        _property("current", "boolean", "whether questions are answered from it; true for one run at a time"),
        _property("state", "string", "loading, loaded or retired"),
        _property("as_of", "datetime", "everything before this instant was seen"),
        _property("graph_digest", "string", "SHA-256 of the graph, in hex"),
        _property("policy_digest", "string", "SHA-256 of the policy, in hex"),
        _property("model_digest", "string", "SHA-256 of versions, settings and calibration, in hex"),
        _property("version", "string", "release of graphfraud"),
        _property("currency", "string", "of amounts, ISO 4217"),
        _property("listeners", "long", "listeners of the platform, in the scope or not, count"),
        _property("scope", "string", "all or rings"),
        _property("left_out", "string", "what the scope left out, as JSON"),
        _property("loaded_at", "datetime", "when it became current"),
    ),
)
DATABASE_LABEL: Final = Label(
    name="Database",
    key="name",
    properties=(
        _property("schema_version", "long", "of labels, types and properties"),
        _property("graph_digest", "string", "SHA-256 of the graph of the current run, in hex"),
        _property("current", "long", "number of the current run"),
        _property("previous", "long", "number of the run before it, whose judgement is kept"),
    ),
)
"""One node that says what the database holds."""

SUBJECT_LABELS: Final = {ACCOUNT: ACCOUNT_LABEL, TRACK: TRACK_LABEL, LISTENER: LISTENER_LABEL}
MEANS_LABELS: Final = {"device": DEVICE, "address": ADDRESS, "payee": PAYEE, "plan_group": PLAN_GROUP}
"""By the kind that begins a means' id."""
LABELS: Final = (
    *SUBJECT_LABELS.values(),
    *MEANS_LABELS.values(),
    *(RELEASE_LABEL, RING_LABEL, RUN_LABEL, DATABASE_LABEL),
)

UPLOADED_TYPE: Final = RelationshipType(
    name="UPLOADED", sources=("Account",), targets=("Track",), says="the account brought the track"
)
RELEASED_TYPE: Final = RelationshipType(
    name="RELEASED", sources=("Release",), targets=("Track",), says="the track came out with others"
)
STREAMED_TYPE: Final = RelationshipType(
    name="STREAMED",
    sources=("Listener",),
    targets=("Track",),
    says="the listener played the track",
    properties=(
        _property("plays", "long", "count"),
        _property("first_on", "date", "day of the first play"),
        _property("last_on", "date", "day of the last play"),
        _property("just_paid_share", "double", "plays cut soon after the 30 s that pay, share (0-1)"),
        _property("hour_plays", "long[]", "24 counts: plays by hour of the day, UTC"),
    ),
)
USED_TYPE: Final = RelationshipType(
    name="USED",
    sources=("Account", "Listener"),
    targets=("Device", "Address", "PlanGroup"),
    says="was seen on the device or address, or belongs to the plan",
    properties=(_property("weight", "double", "1 / strangers that share it"),),
)
PAID_OUT_TO_TYPE: Final = RelationshipType(
    name="PAID_OUT_TO",
    sources=("Account",),
    targets=("Payee",),
    says="what the account earns goes there",
    properties=(_property("weight", "double", "1 / accounts that it pays"),),
)
SOUNDS_LIKE_TYPE: Final = RelationshipType(
    name="SOUNDS_LIKE",
    sources=("Track",),
    targets=("Track",),
    says="nearly the same recording",
    properties=(_property("cosine", "double", "likeness of the sound (-1 to 1)"),),
)
HAS_MEMBER_TYPE: Final = RelationshipType(
    name="HAS_MEMBER",
    sources=("Ring",),
    targets=("Account", "Track", "Listener"),
    says="belongs to the ring, or is merely played by it",
    properties=(
        _RUN,
        _property("role", "string", "operator, beneficiary, bystander, bot or victim"),
        _property("weight", "double", "how much of a member it is (0-1)"),
        _property("ring_plays", "long", "plays within the ring, count"),
        _property("all_plays", "long", "all plays, count"),
    ),
    is_judgement=True,
)
JUDGED_TYPE: Final = RelationshipType(
    name="JUDGED",
    sources=("Run",),
    targets=("Account", "Track", "Listener"),
    says="what a run thinks of a subject, and what it knew",
    properties=(
        _RUN,
        _property("risk", "double", "probability of fraud (0-1)"),
        _property("content_risk", "double", "by the sound alone, probability (0-1)"),
        _property("behaviour_risk", "double", "by behaviour alone, probability (0-1)"),
        _property("policy_risk", "double", "by the rules alone, probability (0-1)"),
        _property("verdict", "string", "allow, hold, review or block"),
        _property("restriction", "string", "the verdict, absent where it is allow: few are asked for among many"),
        _property("reasons", "string[]", "codes; absent where there is none"),
        _property("ring_id", "string", "the ring that matters most to it"),
        _property("label", "string", "what people decided: fraud or legitimate"),
        _property("label_decided_at", "datetime", "when they did"),
        _property("label_source", "string", "who did"),
        _property("listeners", "long", "of a track: who played it, count"),
        _property("streams", "long", "of a track: plays, count"),
        _property("artificial_streams", "double", "of a track: plays that no honest person made, expected count"),
        _property("withheld_streams", "long", "of a track: plays that do not pay, count"),
        _property("income_amount", "double", "of a track: what its paid plays earn, in the run's currency"),
        _property("artificial_amount", "double", "of a track: the part of it that is expected to be artificial"),
    ),
    is_judgement=True,
)
PAYS_TYPE: Final = RelationshipType(
    name="PAYS",
    sources=("Run",),
    targets=("Payee",),
    says="what a payee earns by the tracks of the accounts that pay it",
    properties=(
        _RUN,
        _property("accounts", "long", "accounts that pay it, count"),
        _property("tracks", "long", "tracks of theirs that earn anything artificial, count"),
        _property("income_amount", "double", "what their paid plays earn, in the run's currency"),
        _property("artificial_amount", "double", "the part of it that is expected to be artificial"),
    ),
    is_judgement=True,
)
RELATIONSHIP_TYPES: Final = (
    *(UPLOADED_TYPE, RELEASED_TYPE, STREAMED_TYPE, USED_TYPE, PAID_OUT_TO_TYPE, SOUNDS_LIKE_TYPE),
    *(HAS_MEMBER_TYPE, JUDGED_TYPE, PAYS_TYPE),
)
