"""What a ring is called, from its birth on."""

from collections.abc import Iterable
from hashlib import sha256


def ring_id(kind: str, extent: Iterable[tuple[str, str]], as_of: str) -> str:
    """`ring-` and 16 hex digits of SHA-256 over kind, sorted extent and the instant of birth.

    `extent` names subjects as (kind, id), in any order; `as_of` is ISO 8601, UTC.
    """
    digest = sha256()
    for part in (kind, *(text for subject in sorted(extent) for text in subject), as_of):
        digest.update(f"{len(part.encode())}:".encode() + part.encode())
    return f"ring-{digest.hexdigest()[:16]}"
