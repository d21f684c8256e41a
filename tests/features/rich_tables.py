"""The tiny feed with what may be absent from it (addresses, places, logins, payees, plan groups), here and there."""

from datetime import timedelta

import polars as pl
from conftest import FIRST_DAY, Tables, tiny_tables


def rich_tables() -> Tables:
    """Thirty listeners over ten days, on shared addresses and from three countries; two payees have three accounts."""
    tables = tiny_tables()
    number = pl.int_range(pl.len())
    tables["accounts"] = tables["accounts"].with_columns(
        payee_hash=pl.when(number < 6).then(pl.format("payee-{}", number // 3))
    )
    tables["tracks"] = tables["tracks"].with_columns(
        title=pl.when(number % 5 == 0).then(pl.format("Rain {}", number % 2)).otherwise("title")
    )
    tables["listeners"] = tables["listeners"].with_columns(
        plan_group_hash=pl.when(number % 3 == 0).then(pl.format("family-{}", number // 9))
    )
    tables["streams"] = tables["streams"].with_columns(
        device_id=pl.when(number % 11 > 0).then("device_id"),
        ip_hash=pl.when(number % 7 > 0).then(pl.format("address-{}", number % 13)),
        country=pl.when(number % 9 > 0).then(pl.when(number % 4 == 0).then(pl.lit("NO")).otherwise(pl.lit("SE"))),
    )
    tables["logins"] = pl.DataFrame(
        {
            "subject_kind": ["account"] * 4 + ["listener"] * 4,
            "subject_id": ["acc-0", "acc-1", "acc-2", "acc-3", "lis-00", "lis-01", "lis-02", "lis-03"],
            "device_id": ["studio", "studio", None, "home", "dev-1", "dev-2", "sofa", "sofa"],
            "ip_hash": ["address-1", None, "address-1", "address-2", None, "address-2", "address-3", "address-3"],
            "at": [FIRST_DAY + timedelta(hours=hour) for hour in range(8)],
        }
    )
    return tables
