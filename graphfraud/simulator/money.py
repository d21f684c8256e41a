"""What each ring's plays came to, and what it earned and spent: the ledger, in euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

PAYOUT_PER_STREAM_EUR: Final = 0.003
PAYABLE_FROM_MS: Final = 30_000
ELIGIBLE_FROM_COUNT: Final = 1_000
"""Plays that a track needs before it earns anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What a ring's plays came to."""

    artificial: int
    """Plays that nobody heard, camouflage among them."""
    earning: int
    """Of these, the ones that pay, on the ring's own tracks."""
    eligible: int
    """Of these, the ones on tracks that reach the 1,000 plays that a track needs."""


def ledger_rows(ring: str, takings: Takings, costs_eur: Mapping[str, float], payout_eur: float) -> pl.DataFrame:
    """A ring's ledger: ring, item, amount; streams in counts, all else in EUR."""
    royalty, paid = takings.earning * payout_eur, takings.eligible * payout_eur
    items = {
        "artificial streams": takings.artificial,
        "earning streams": takings.earning,
        "eligible streams": takings.eligible,
        **costs_eur,
        "costs": sum(costs_eur.values()),
        "royalty": royalty,
        "royalty of eligible tracks": paid,
        "profit": paid - sum(costs_eur.values()),
    }
    amounts = [round(float(amount), 2) for amount in items.values()]
    return pl.DataFrame({"ring": ring, "item": list(items), "amount": pl.Series(amounts, dtype=pl.Float64)}).sort(
        "item"
    )
