"""Every table, in and out: columns, units, rules.

Input tables list what a row must satisfy by itself; what needs other rows (unknown subjects,
conflicts, time) is judged in `graphfraud_features.admission`. Enumerations stay open: a value
that nobody knows yet is kept, not refused. Instants are UTC, microseconds.
"""

from datetime import UTC, datetime
from typing import Any, Final

import dataframely as dy
import polars as pl

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Earlier instants are clocks that were never set."""


def _id(doc: str) -> dy.String:
    return dy.String(nullable=False, min_length=1, metadata={"doc": doc})


def _instant(doc: str, *, nullable: bool = False) -> dy.Datetime:
    return dy.Datetime(nullable=nullable, min=EPOCH, time_unit="us", time_zone="UTC", metadata={"doc": doc})


def _text(doc: str, *, nullable: bool = False) -> dy.String:
    return dy.String(nullable=nullable, metadata={"doc": doc})


# --- In: a feed ---------------------------------------------------------------------------------


class AccountFacts(dy.Schema):
    """Who uploads: an artist, a label or a distributor's client."""

    account_id = _id("opaque, pseudonymous")
    created_at = _instant("when the account was opened")
    country = _text("ISO 3166-1 alpha-2")
    distributor_id = _text("DDEX party id of who delivers for it")
    payee_hash = _text("who is paid", nullable=True)
    verified = dy.Bool(nullable=False, metadata={"doc": "the platform knows who this is"})
    account_type = _text("artist, label or distributor", nullable=True)


class Accounts(AccountFacts):
    """Versions of accounts."""

    recorded_at = _instant("when this version of the row was written", nullable=True)


class TrackFacts(dy.Schema):
    """What was uploaded."""

    track_id = _id("opaque")
    account_id = _id("who uploaded it")
    release_id = _text("the release it came out on", nullable=True)
    isrc = _text("International Standard Recording Code", nullable=True)
    uploaded_at = _instant("when it reached the platform")
    duration_ms = dy.Int64(nullable=False, min=0, metadata={"doc": "length", "unit": "ms"})
    title = _text("as delivered")
    artist_name = _text("as delivered")
    genre = _text("as delivered", nullable=True)
    language = _text("of the lyrics", nullable=True)
    contains_ai = _text("DDEX ERN 4.3.2 ContainsAI: All, Partly or None", nullable=True)


class Tracks(TrackFacts):
    """Versions of tracks."""

    audio_path = _text("where the audio lies", nullable=True)
    recorded_at = _instant("when this version of the row was written", nullable=True)


class ListenerFacts(dy.Schema):
    """Who streams."""

    listener_id = _id("opaque, pseudonymous")
    created_at = _instant("when the subscription began")
    country = _text("ISO 3166-1 alpha-2")
    plan = _text("free, premium, family, student or trial")
    plan_group_hash = _text("who shares the plan", nullable=True)


class Listeners(ListenerFacts):
    """Versions of listeners."""

    recorded_at = _instant("when this version of the row was written", nullable=True)


class Streams(dy.Schema):
    """One play of one track by one listener."""

    stream_id = _id("opaque")
    listener_id = _id("who played")
    track_id = _id("what was played")
    started_at = _instant("when the play began")
    played_ms = dy.Int64(nullable=False, min=0, metadata={"doc": "time played", "unit": "ms"})
    source = _text("search, album, artist, playlist, radio, library, autoplay or api")
    context_id = _text("the playlist, album or station", nullable=True)
    client_id = _text("the app", nullable=True)
    device_id = _text("pseudonymous", nullable=True)
    ip_hash = _text("pseudonymous", nullable=True)
    country = _text("where the play came from", nullable=True)
    received_at = _instant("when the event reached the platform", nullable=True)


class Logins(dy.Schema):
    """An account or listener seen on a device and address."""

    subject_kind = _id("account or listener")
    subject_id = _id("who logged in")
    device_id = _text("pseudonymous", nullable=True)
    ip_hash = _text("pseudonymous", nullable=True)
    at = _instant("when")


class Embeddings(dy.Schema):
    """What a track sounds like, to one embedding model."""

    track_id = _id("the track")
    model = _id("the model that made the vector; vectors of different models are never compared")
    vector = dy.List(dy.Float32(nullable=False), nullable=False, min_length=1, metadata={"doc": "the embedding"})
    recorded_at = _instant("when this version of the row was written", nullable=True)


class Labels(dy.Schema):
    """What people decided about a subject."""

    subject_kind = _id("account, track or listener")
    subject_id = _id("who or what was judged")
    label = _id("fraud or legitimate")
    decided_at = _instant("when it was decided")
    source = _text("who decided")


class Erasures(dy.Schema):
    """Subjects that asked to be forgotten."""

    subject_kind = _id("account, track or listener")
    subject_id = _id("who or what is gone")
    at = _instant("when it was asked for")


# --- Between: features of each node kind, as of an instant ------------------------------------------


def _feature(doc: str, unit: str, *, suspicious: int = 0, forgeable: bool = False) -> dy.Float64:
    """A finite feature column.

    `suspicious` is +1 where fraud pushes it up, -1 where it pushes it down, 0 where it only explains.
    `forgeable` marks what a forger picks or a platform sets: it means something on this platform alone.
    """
    return dy.Float64(
        nullable=False, metadata={"doc": doc, "unit": unit, "suspicious": suspicious, "forgeable": forgeable}
    )


class ListenerFeatures(dy.Schema):
    """How a listener plays."""

    listener_id = dy.String(primary_key=True)
    play_log = _feature("plays: effort explains most other counts", "log1p count")
    plays_1d_share = _feature("plays in the last day: started, stopped or steady", "share")
    plays_7d_share = _feature("plays in the last 7 days", "share")
    plays_28d_share = _feature("plays in the last 28 days", "share")
    distinct_track_log = _feature("tracks heard: bots spread thin or loop a few", "log1p count")
    distinct_track_28d_log = _feature("tracks heard in the last 28 days", "log1p count")
    distinct_account_log = _feature("accounts heard: farms serve few owners", "log1p count")
    repeat_share = _feature("plays of a track already heard: looping", "share")
    top_account_share = _feature("plays on the most played account: effort for one owner", "share", suspicious=1)
    audience_log = _feature("mean audience of the tracks played: closed audiences are small", "log count")
    rare_play_share = _feature(
        "plays on the tenth of plays whose tracks fewest others play: closure", "share", suspicious=1
    )
    loyalty_log = _feature(
        "mean plays a listener gives the accounts played: captive audiences loop", "log count", suspicious=1
    )
    just_paid_share = _feature("plays cut soon after the 30 s that pay", "share of paid plays", suspicious=1)
    skip_share = _feature("plays under 30 s: people skip, bots waste nothing", "share", suspicious=-1)
    completion_share = _feature("mean share of the track that was played", "share")
    flat_day_nats = _feature("how much better a flat day explains the plays than the country's", "nats", suspicious=1)
    night_share = _feature("plays in the country's eight quietest hours: so do people who sleep to noise", "share")
    week_evenness = _feature(
        "entropy of the hours of the week, of what so few plays could have: scripts know no weekend", "share"
    )
    longest_awake_log = _feature("longest stretch without four hours' pause: people sleep", "log1p hours")
    active_day_share = _feature("days with a play, between the first and the last: bots take no day off", "share")
    plays_per_day_log = _feature("plays on a day with plays", "log1p count", suspicious=1)
    gap_spread_nats = _feature("spread of the gaps between plays on a log scale: schedules are even", "nats")
    back_to_back_share = _feature("gaps in which the next play starts as the last one ends: nobody chose", "share")
    chosen_share = _feature("plays found by search, album, artist or library: people choose", "share", suspicious=-1)
    top_source_share = _feature("plays from the commonest source: scripts use one way in", "share", suspicious=1)
    source_evenness = _feature("entropy of its sources, of what so few plays could have", "share")
    device_log = _feature("devices used", "log1p count", forgeable=True)
    address_log = _feature("addresses used: farms rotate them, or own one", "log1p count", forgeable=True)
    device_sharing_log = _feature("other listeners on its most shared device", "log1p count", forgeable=True)
    address_sharing_log = _feature("other listeners on its most shared address", "log1p count", forgeable=True)
    device_crowd_log = _feature(
        "mean crowd on the devices of its plays, against the platform's mean play", "log ratio", forgeable=True
    )
    address_crowd_log = _feature(
        "mean crowd on the addresses of its plays, against the platform's mean play", "log ratio", forgeable=True
    )
    country_log = _feature("countries played from", "log1p count", forgeable=True)
    abroad_share = _feature("plays from another country than its own: proxies", "share", forgeable=True)
    impossible_travel_share = _feature(
        "next plays within the hour from another country: one login, many places", "share", forgeable=True
    )
    age_at_play_log = _feature("mean age of the subscription when it plays", "log1p days", forgeable=True)
    age_log = _feature("age of the subscription: farms are young", "log1p days", forgeable=True)


class TrackFeatures(dy.Schema):
    """How a track is played, and what was uploaded."""

    track_id = dy.String(primary_key=True)
    play_log = _feature("plays: popularity explains most other counts", "log1p count")
    plays_1d_share = _feature("plays in the last day: started, stopped or steady", "share")
    plays_7d_share = _feature("plays in the last 7 days", "share")
    plays_28d_share = _feature("plays in the last 28 days", "share")
    audience_log = _feature("listeners", "log1p count")
    audience_28d_log = _feature("listeners in the last 28 days", "log1p count")
    loyalty_log = _feature("plays a listener: captive audiences loop", "log1p ratio", suspicious=1)
    top_listener_share = _feature("plays by the keenest listener", "share")
    audience_evenness = _feature("entropy of its plays over its listeners: quotas are even, fans are not", "share")
    audience_oddness = _feature(
        "mean rank of its plays' listeners in the unforgeable features that accuse them", "rank, 0 to 1"
    )
    effort_share = _feature("mean share of its listeners' plays that goes to its account", "share", suspicious=1)
    closed_audience_share = _feature(
        "plays by listeners who mostly play its account and what few others play: closure", "share", suspicious=1
    )
    just_paid_share = _feature("plays cut soon after the 30 s that pay", "share of paid plays", suspicious=1)
    skip_share = _feature("plays under 30 s", "share", suspicious=-1)
    completion_share = _feature("mean share of the track that was played", "share")
    flat_day_nats = _feature("how much better a flat day explains the plays than the country's", "nats", suspicious=1)
    night_share = _feature("plays in the country's eight quietest hours", "share")
    peak_day_share = _feature("plays on its busiest day: bursts", "share")
    burst_nats = _feature(
        "how much likelier two of its plays share a day than the platform's volume explains: bursts, quotas", "nats"
    )
    chosen_share = _feature("plays found by search, album, artist or library", "share", suspicious=-1)
    top_source_share = _feature("plays from the commonest source", "share", suspicious=1)
    source_nats = _feature("divergence of its sources from the platform's: fed by one way in", "nats")
    new_listener_share = _feature("plays by subscriptions under 60 days old", "share", forgeable=True)
    audience_age_log = _feature("mean age of the subscriptions that play it", "log1p days", forgeable=True)
    devices_per_listener_log = _feature("devices a listener in its audience", "log ratio", forgeable=True)
    duration_log = _feature("length: the shortest that pays is cheapest", "log ms")
    same_title_log = _feature("other accounts' tracks whose title has the same words", "log1p count", suspicious=1)
    age_log = _feature("time since upload", "log1p days", forgeable=True)


class AccountFeatures(dy.Schema):
    """What an account uploads, who hears it, who is paid."""

    account_id = dy.String(primary_key=True)
    track_log = _feature("tracks uploaded", "log1p count")
    peak_upload_log = _feature("tracks uploaded on its busiest day: bursts", "log1p count", suspicious=1)
    peak_upload_share = _feature("its tracks that came on its busiest day: one delivery, or a life's work", "share")
    same_title_log = _feature(
        "mean count of other accounts' tracks with the words of a track's title", "log1p count", suspicious=1
    )
    own_title_share = _feature(
        "its tracks whose title's words another of its tracks has: generated series, and honest versions", "share"
    )
    play_log = _feature("plays", "log1p count")
    plays_1d_share = _feature("plays in the last day: started, stopped or steady", "share")
    plays_7d_share = _feature("plays in the last 7 days", "share")
    plays_28d_share = _feature("plays in the last 28 days", "share")
    audience_log = _feature("listeners", "log1p count")
    audience_28d_log = _feature("listeners in the last 28 days", "log1p count")
    loyalty_log = _feature("plays a listener", "log1p ratio", suspicious=1)
    effort_share = _feature("mean share of its listeners' plays that it gets", "share", suspicious=1)
    closed_audience_share = _feature(
        "plays by listeners who mostly play it and what few others play: closure", "share", suspicious=1
    )
    audience_evenness = _feature("entropy of its plays over its listeners: quotas are even, fans are not", "share")
    audience_oddness = _feature(
        "mean rank of its plays' listeners in the unforgeable features that accuse them", "rank, 0 to 1"
    )
    overlap_share = _feature(
        "share of its played tracks that a listener hears: lists played through", "share", suspicious=1
    )
    top_track_share = _feature(
        "plays on its best track: hits stand out, farmed catalogues are even", "share", suspicious=-1
    )
    income_evenness = _feature("entropy of its paid plays over its tracks: hits stand out", "share")
    top_listener_share = _feature("plays by the keenest listener", "share")
    just_paid_share = _feature("plays cut soon after the 30 s that pay", "share of paid plays", suspicious=1)
    completion_share = _feature("mean share of the track that was played", "share")
    flat_day_nats = _feature("how much better a flat day explains the plays than the country's", "nats", suspicious=1)
    chosen_share = _feature("plays found by search, album, artist or library", "share", suspicious=-1)
    audience_age_log = _feature("mean age of the subscriptions that play it", "log1p days", forgeable=True)
    device_sharing_log = _feature("other accounts on its most shared device", "log1p count", forgeable=True)
    address_sharing_log = _feature("other accounts on its most shared address", "log1p count", forgeable=True)
    payee_sharing_log = _feature("other accounts with its payee", "log1p count", forgeable=True)
    age_at_upload_log = _feature("age of the account at its first upload", "log1p days", forgeable=True)
    verified = _feature("1 when the platform knows who this is", "0 or 1", forgeable=True)


class MeanFeatures(dy.Schema):
    """What a shared means is: a device, an address, a payee, else a plan group."""

    mean_id = dy.String(primary_key=True)
    subject_log = _feature("subjects that use it: a crowd links nobody", "log1p count", forgeable=True)
    is_device = _feature("it is a device", "0 or 1", forgeable=True)
    is_address = _feature("it is a network address", "0 or 1", forgeable=True)
    is_payee = _feature("it is who is paid", "0 or 1", forgeable=True)


class ReleaseFeatures(dy.Schema):
    """How a release of two tracks or more came to be."""

    release_key = dy.String(primary_key=True)
    track_log = _feature("tracks on it", "log1p count")
    upload_days_log = _feature("time from its first upload to its last", "log1p days")


# --- Out: a run -----------------------------------------------------------------------------------


def _risk(doc: str, *, nullable: bool = False) -> dy.Float64:
    return dy.Float64(nullable=nullable, min=0.0, max=1.0, metadata={"doc": doc, "unit": "probability"})


class Scores(dy.Schema):
    """One row for every account, track and listener known at `as_of`."""

    subject_kind = dy.String(primary_key=True)
    subject_id = dy.String(primary_key=True)
    risk = _risk("sigmoid(logit(prevalence) + R)")
    content_risk = _risk("from audio; absent for listeners", nullable=True)
    behaviour_risk = _risk("from the graph", nullable=True)
    policy_risk = _risk("from rules that were broken; absent when none was", nullable=True)
    verdict = dy.String(nullable=False, regex="^(allow|hold|review|block)$")
    reasons = dy.List(dy.String(nullable=False), nullable=False, metadata={"doc": "codes, the weightiest first"})
    ring_id = dy.String(nullable=True, metadata={"doc": "the ring with the largest weight x ring risk"})


EVIDENCE: Final = {
    "measure": dy.String(nullable=False),
    "value": dy.Float64(nullable=True),
    "expected": dy.Float64(nullable=True),
    "log_odds": dy.Float64(nullable=False),
    "sentence": dy.String(nullable=False),
}


class Rings(dy.Schema):
    """Coordinated groups; counts are of the extent, which leaves bystanders out."""

    ring_id = dy.String(primary_key=True)
    kind = dy.String(nullable=False, regex="^(stream|upload)$")
    risk = _risk("calibrated probability that this is a ring")
    accounts = dy.Int64(nullable=False, min=0)
    tracks = dy.Int64(nullable=False, min=0)
    listeners = dy.Int64(nullable=False, min=0)
    first_seen = _instant("first event of the extent")
    last_seen = _instant("last event of the extent")
    evidence = dy.List(dy.Struct(EVIDENCE, nullable=False), nullable=False)


class RingMembers(dy.Schema):
    """Who belongs to a ring, and as what."""

    ring_id = dy.String(primary_key=True)
    subject_kind = dy.String(primary_key=True)
    subject_id = dy.String(primary_key=True)
    role = dy.String(nullable=False)
    weight = dy.Float64(nullable=False, min=0.0, max=1.0)


class RingHours(dy.Schema):
    """When a ring plays; `rings/hours.parquet` of a run, 24 rows a ring."""

    ring_id = dy.String(primary_key=True)
    hour = dy.Int64(primary_key=True, min=0, max=23, metadata={"doc": "UTC"})
    plays = dy.Int64(nullable=False, min=0, metadata={"doc": "of the extent's tracks by its listeners"})
    expected_share = dy.Float64(
        nullable=False, min=0.0, max=1.0, metadata={"doc": "of the plays of people of its listeners' countries"}
    )


class RingDetails(dy.Schema):
    """What is known of each member of a ring; `rings/details.parquet` of a run."""

    ring_id = dy.String(primary_key=True)
    subject_kind = dy.String(primary_key=True)
    subject_id = dy.String(primary_key=True)
    since = _instant("when it was opened or uploaded, or joined")
    account_id = dy.String(nullable=True, metadata={"doc": "who uploaded a track"})
    title = dy.String(nullable=True, metadata={"doc": "of a track, as delivered"})
    artist_name = dy.String(nullable=True, metadata={"doc": "of a track, as delivered"})
    ring_plays = dy.Int64(
        nullable=False, min=0, metadata={"doc": "a listener's of the ring's tracks, else by its listeners"}
    )
    all_plays = dy.Int64(nullable=False, min=0, metadata={"doc": "all that it made or got"})


class RingTies(dy.Schema):
    """Devices, addresses, payees and recordings that several members share; `rings/ties.parquet` of a run."""

    ring_id = dy.String(primary_key=True)
    means_kind = dy.String(nullable=False, metadata={"doc": "device, address, payee, plan_group or recording"})
    means_id = dy.String(primary_key=True)
    subject_kind = dy.String(primary_key=True)
    subject_id = dy.String(primary_key=True)


class RingPlays(dy.Schema):
    """Who of a ring's extent plays which of its tracks; `rings/plays.parquet` of a run."""

    ring_id = dy.String(primary_key=True)
    listener_id = dy.String(primary_key=True)
    track_id = dy.String(primary_key=True)
    plays = dy.Int64(nullable=False, min=1)


class TrackMonths(dy.Schema):
    """What a track's month is worth; a row for each month with a stream."""

    track_id = dy.String(primary_key=True)
    month = dy.Date(primary_key=True, metadata={"doc": "first day of the UTC month"})
    streams = dy.Int64(nullable=False, min=0)
    payable_streams = dy.Int64(nullable=False, min=0, metadata={"doc": "30 s or more"})
    artificial_streams = dy.Float64(nullable=False, min=0.0, metadata={"doc": "expected count, of `streams`"})
    artificial_share = _risk("artificial_streams / streams")
    withheld_streams = dy.Int64(nullable=False, min=0, metadata={"doc": "whole, of the payable ones"})
    eligible = dy.Bool(nullable=True, metadata={"doc": "null when the feed covers less than the 12 months before"})

    @dy.rule()
    def parts_fit_in_the_whole(cls) -> pl.Expr:
        """Payable plays are plays, withheld ones payable, artificial ones plays."""
        return (
            (pl.col("payable_streams") <= pl.col("streams"))
            & (pl.col("withheld_streams") <= pl.col("payable_streams"))
            & (pl.col("artificial_streams") <= pl.col("streams") * (1 + 1e-9))
        )


class LabelInForce(dy.Schema):
    """What people decided about a subject last, before `as_of`; null where they decided nothing."""

    label = _text("fraud or legitimate", nullable=True)
    label_decided_at = _instant("when it was decided", nullable=True)
    label_source = _text("who decided", nullable=True)


class KnownAccounts(AccountFacts, LabelInForce):
    """What was known of each account at `as_of`; `subjects/accounts.parquet` of a run."""

    @dy.rule()
    def account_stands_once(cls) -> pl.Expr:
        """One row an account."""
        return pl.col("account_id").is_unique()


class KnownTracks(TrackFacts, LabelInForce):
    """What was known of each track at `as_of`; `subjects/tracks.parquet` of a run."""

    @dy.rule()
    def track_stands_once(cls) -> pl.Expr:
        """One row a track."""
        return pl.col("track_id").is_unique()


class KnownListeners(ListenerFacts, LabelInForce):
    """What was known of each listener at `as_of`; `subjects/listeners.parquet` of a run."""

    @dy.rule()
    def listener_stands_once(cls) -> pl.Expr:
        """One row a listener."""
        return pl.col("listener_id").is_unique()


class PlaysByHour(dy.Schema):
    """At which hours of the day who played what; the streamed edges of the graph, in their order."""

    listener_id = dy.String(primary_key=True)
    track_id = dy.String(primary_key=True)
    hour_plays = dy.List(
        dy.UInt32(nullable=False),
        nullable=False,
        min_length=24,
        max_length=24,
        metadata={"doc": "plays by hour of the day, UTC, from 0 on", "unit": "count"},
    )


class DetectorEvidence(dy.Schema):
    """What each detector said by itself, before calibration; `model/evidence.parquet` of a run."""

    subject_kind = dy.String(primary_key=True)
    subject_id = dy.String(primary_key=True)
    forest_logit = dy.Float64(nullable=True, metadata={"doc": "random forest; absent where labels taught nothing"})
    sage_logit = dy.Float64(nullable=True, metadata={"doc": "GraphSAGE; likewise"})
    learned_spreads = dy.Float64(nullable=True, metadata={"doc": "both blended, in spreads of unseen labels; likewise"})
    surprise_nats = dy.Float64(nullable=False, metadata={"doc": "label-free: past what neighbours explain"})


class QuarantinedRows(dy.Schema):
    """Rows that a table's rules refused."""

    file = dy.String(nullable=False, metadata={"doc": "path within the feed"})
    row_number = dy.Int64(nullable=False, min=1, metadata={"doc": "1 for the first row of data"})
    reason = dy.String(nullable=False)
    row = dy.String(nullable=False, metadata={"doc": "the row as JSON"})


class QuarantinedFiles(dy.Schema):
    """Files that could not be read."""

    file = dy.String(nullable=False, metadata={"doc": "path within the feed"})
    table = dy.String(nullable=False)
    reason = dy.String(nullable=False)
    bytes = dy.Int64(nullable=False, min=0)


REQUIRED_INPUTS: Final[dict[str, type[dy.Schema]]] = {
    "accounts": Accounts,
    "tracks": Tracks,
    "listeners": Listeners,
    "streams": Streams,
}
OPTIONAL_INPUTS: Final[dict[str, type[dy.Schema]]] = {
    "logins": Logins,
    "embeddings": Embeddings,
    "labels": Labels,
    "erasures": Erasures,
}
INPUTS: Final = {**REQUIRED_INPUTS, **OPTIONAL_INPUTS}
OUTPUTS: Final[dict[str, type[dy.Schema]]] = {
    "scores": Scores,
    "rings": Rings,
    "ring_members": RingMembers,
    "track_months": TrackMonths,
}
RING_OUTPUTS: Final[dict[str, type[dy.Schema]]] = {
    "rings/suspicions": Rings,
    "rings/suspicion_members": RingMembers,
    "rings/hours": RingHours,
    "rings/details": RingDetails,
    "rings/ties": RingTies,
    "rings/plays": RingPlays,
}
"""Beside the contract's tables: all that was suspected, the reported rings among it, and what is told of each."""
TWINS: Final = "audio/twins"
PLAYS_BY_HOUR: Final = "plays_by_hour"
FACT_OUTPUTS: Final[dict[str, type[dy.Schema]]] = {
    "subjects/accounts": KnownAccounts,
    "subjects/tracks": KnownTracks,
    "subjects/listeners": KnownListeners,
    PLAYS_BY_HOUR: PlaysByHour,
}
"""What was known when the run judged, for those who look into a judgement: as large as the platform, so never held."""
FEATURES: Final[dict[str, type[dy.Schema]]] = {
    "account": AccountFeatures,
    "track": TrackFeatures,
    "listener": ListenerFeatures,
    "mean": MeanFeatures,
    "release": ReleaseFeatures,
}


def key_columns(table: str) -> list[str]:
    """What names a row of an input table; every column where the table has no key."""
    keys = {
        "accounts": ["account_id"],
        "tracks": ["track_id"],
        "listeners": ["listener_id"],
        "streams": ["stream_id"],
        "embeddings": ["track_id", "model"],
    }
    return keys.get(table, list(INPUTS[table].columns()))


def optional_columns(table: str) -> set[str]:
    """Columns of an input table that a file may leave out."""
    return {name for name, column in INPUTS[table].columns().items() if column.nullable}


def feature_names(kind: str) -> list[str]:
    """Feature columns of a node kind, in the order of its arrays."""
    return [name for name, column in FEATURES[kind].columns().items() if column.metadata]


def feature_facts(kind: str) -> dict[str, dict[str, Any]]:
    """What is declared of each feature of a node kind: doc, unit, suspicious, forgeable."""
    return {name: FEATURES[kind].columns()[name].metadata or {} for name in feature_names(kind)}
