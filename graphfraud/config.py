"""The settings of a run, one frozen dataclass a stage; `graphfraud config show` prints them.

`Settings` (graphfraud.toml) says how to compute; `Policy` (policy.toml) says what a business
decides. They are digested apart, so that a change of policy never looks like one of the model.
"""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")

Share = Annotated[float, Field(ge=0.0, le=1.0)]
LogOdds = Annotated[float, Field(ge=-4.0, le=4.0, description="what the rule adds to the policy part, in log-odds")]
SubjectKind = Literal["account", "track", "listener"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class FeedSettings:
    """How rows are read and judged."""

    naive_instants_are_utc: Annotated[
        bool, Field(description="take instants without a time zone as UTC, instead of refusing them")
    ] = False
    max_quarantined_share: Annotated[
        float, Field(ge=0.0, le=1.0, description="broken rows of one table, as a share, above which a run is refused")
    ] = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class FeatureSettings:
    """What the features count as short."""

    just_paid_window_ms: Annotated[
        int, Field(ge=1_000, le=60_000, description="a play that ends this soon after 30 s is just paid, in ms")
    ] = 6_000


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ModelSettings:
    """The GraphSAGE model, the forest beside it, and how they are trained."""

    hidden_count: Annotated[int, Field(ge=4, le=1_024, description="width of a hidden layer, in units")] = 32
    layer_count: Annotated[int, Field(ge=1, le=4, description="graph convolutions, each one hop")] = 2
    epoch_count: Annotated[int, Field(ge=1, le=2_000, description="passes over the graph")] = 120
    learning_rate: Annotated[float, Field(ge=1e-5, le=1.0, description="step of Adam")] = 0.01
    weight_decay: Annotated[float, Field(ge=0.0, le=1.0, description="decoupled decay of the weights")] = 5e-3
    dropout_share: Annotated[float, Field(ge=0.0, le=0.9, description="hidden units dropped in training")] = 0.2
    tree_count: Annotated[int, Field(ge=10, le=5_000, description="trees of the forest")] = 200
    fold_count: Annotated[int, Field(ge=2, le=20, description="folds for out-of-fold evidence")] = 4
    min_labels_count: Annotated[
        int, Field(ge=2, le=10_000, description="labels of either class from which a kind is learned at all")
    ] = 5
    novel_share: Annotated[
        float, Field(ge=0.0, le=1.0, description="fraud expected to be of a kind that no label shows, as a share")
    ] = 0.2


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AudioSettings:
    """Near-duplicate search over audio embeddings."""

    neighbour_count: Annotated[int, Field(ge=1, le=256, description="nearest tracks looked at for each track")] = 16
    exact_up_to_count: Annotated[
        int, Field(ge=1, le=10_000_000, description="tracks up to which the search is exact, above it is by cells")
    ] = 150_000


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RingSettings:
    """How rings are sought, and from which risk one is reported."""

    min_listeners_count: Annotated[
        int, Field(ge=2, le=1_000, description="listeners that play together, from which they are suspected")
    ] = 3
    max_audience_share: Annotated[
        float,
        Field(ge=0.001, le=1.0, description="of all listeners, the effective audience from which a thing is a hit"),
    ] = 0.05
    max_group_share: Annotated[
        float, Field(ge=0.001, le=1.0, description="of all listeners, those from which a group is a crowd, not a ring")
    ] = 0.2
    max_tied_accounts: Annotated[
        int, Field(ge=2, le=10_000, description="accounts from which what they share ties nobody")
    ] = 100
    chance_group_count: Annotated[
        int,
        Field(
            ge=8,
            le=10_000,
            description="random groups that each suspected one is held against, fewer where reading one is costly",
        ),
    ] = 64
    reported_from: Annotated[float, Field(ge=0.2, le=1.0, description="risk from which a ring is reported")] = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RunSettings:
    """What holds for all stages of a run."""

    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="seed of everything drawn by chance")] = 0
    threads: Annotated[int, Field(ge=0, le=1_024, description="threads to use, 0 for one a core")] = 0


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Settings:
    """graphfraud.toml."""

    version: Literal[1] = 1
    feed: FeedSettings = field(default_factory=FeedSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    rings: RingSettings = field(default_factory=RingSettings)
    run: RunSettings = field(default_factory=RunSettings)


Prevalence = Annotated[float, Field(ge=1e-6, le=0.5, description="fraud expected among all of this kind, as a share")]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PrevalenceByKind:
    """Share of each kind that is fraudulent before anything is known of a subject."""

    account: Prevalence = 0.01
    track: Prevalence = 0.02
    listener: Prevalence = 0.01


Weight = Annotated[float, Field(ge=0.0, le=1.5, description="weight of this part's evidence in R")]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Weights:
    """R = content x Rc + behaviour x Rb + policy x Rp."""

    content: Weight = 1.0
    behaviour: Weight = 1.0
    policy: Weight = 1.0


Threshold = Annotated[float, Field(ge=0.0, le=1.0, description="risk from which this verdict is given")]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Thresholds:
    """Risks at which a verdict begins; below `hold` is `allow`."""

    hold: Threshold = 0.5
    review: Threshold = 0.8
    block: Threshold = 0.97

    def __post_init__(self) -> None:
        """Raises: ValueError when the thresholds do not rise."""
        if not self.hold <= self.review <= self.block:
            msg = f"thresholds must rise, and are hold {self.hold}, review {self.review}, block {self.block}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ThresholdsByKind:
    """Thresholds of each kind of subject."""

    account: Thresholds = field(default_factory=Thresholds)
    track: Thresholds = field(default_factory=Thresholds)
    listener: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Payout:
    """The business table of payment."""

    payable_from_ms: Annotated[int, Field(ge=0, le=600_000, description="a play counts from so long, in ms")] = 30_000
    min_yearly_streams_count: Annotated[
        int, Field(ge=0, le=10_000_000, description="payable streams in the 12 months before, from which a track earns")
    ] = 1_000
    min_yearly_listeners_count: Annotated[
        int, Field(ge=0, le=10_000_000, description="unique listeners in the 12 months before, likewise")
    ] = 25
    amount_per_stream: Annotated[
        float, Field(ge=0.0, le=1_000.0, description="what a payable stream earns, to tell what is withheld")
    ] = 0.003
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="of that amount, ISO 4217")] = "EUR"
    hold_days: Annotated[int, Field(ge=1, le=365, description="days after which a hold lapses to allow")] = 30


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MassUploadRule:
    """new_account_must_not_mass_upload."""

    log_odds: LogOdds = 2.0
    account_age_days: Annotated[int, Field(ge=1, le=3_650, description="an account is new for so many days")] = 60
    tracks_per_day: Annotated[int, Field(ge=2, le=100_000, description="uploads within one UTC day")] = 40


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SharedPayeeRule:
    """one_payee_must_not_stand_behind_many_new_accounts."""

    log_odds: LogOdds = 1.5
    account_age_days: Annotated[int, Field(ge=1, le=3_650, description="an account is new for so many days")] = 180
    accounts: Annotated[int, Field(ge=2, le=100_000, description="new accounts of one payee")] = 5


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class FunctionalNoiseRule:
    """functional_noise_must_last_two_minutes."""

    log_odds: LogOdds = 1.0
    min_duration_ms: Annotated[int, Field(ge=1_000, le=3_600_000, description="shortest noise that pays, in ms")] = (
        120_000
    )
    genres: Annotated[tuple[str, ...], Field(description="genres that are functional noise, in lower case")] = (
        "noise",
        "white noise",
        "sleep",
        "rain",
        "nature sounds",
    )


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MalformedIsrcRule:
    """isrc_must_be_well_formed."""

    log_odds: LogOdds = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MoreThanADayRule:
    """listener_must_not_play_more_than_a_day_holds."""

    log_odds: LogOdds = 2.5
    hours_per_day: Annotated[float, Field(ge=1.0, le=240.0, description="playing time within one UTC day")] = 26.0


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Rules:
    """Policy rules, each a sentence that a subject must not break."""

    new_account_must_not_mass_upload: MassUploadRule = field(default_factory=MassUploadRule)
    one_payee_must_not_stand_behind_many_new_accounts: SharedPayeeRule = field(default_factory=SharedPayeeRule)
    functional_noise_must_last_two_minutes: FunctionalNoiseRule = field(default_factory=FunctionalNoiseRule)
    isrc_must_be_well_formed: MalformedIsrcRule = field(default_factory=MalformedIsrcRule)
    listener_must_not_play_more_than_a_day_holds: MoreThanADayRule = field(default_factory=MoreThanADayRule)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Override:
    """A person's decision that overwrites a subject's risk, visibly."""

    subject_kind: SubjectKind
    subject_id: str
    risk: Share
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Policy:
    """policy.toml."""

    version: Literal[1] = 1
    overrides: Annotated[
        tuple[Override, ...],
        Field(
            description="people's decisions, which overwrite a risk, visibly: at the end of the file, for each one "
            "[[overrides]] with subject_kind, subject_id, risk (0 to 1) and why"
        ),
    ] = ()
    prevalence: PrevalenceByKind = field(default_factory=PrevalenceByKind)
    weights: Weights = field(default_factory=Weights)
    thresholds: ThresholdsByKind = field(default_factory=ThresholdsByKind)
    payout: Payout = field(default_factory=Payout)
    rules: Rules = field(default_factory=Rules)
