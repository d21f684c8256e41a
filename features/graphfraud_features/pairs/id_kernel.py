"""The kernels of `KnownIds`: which ids were met before, compared byte by byte, never by hash alone.

An id is looked at as words of 8 bytes, the last one padded with zeros; its length tells padding from NUL bytes.
Arrays: `records`, the length and the words of each id; `places`, where each code's record begins; `slots`, open
addressing, four words each: the code and one (0 where free), the length above it, and an id of up to three words
itself, so that most look-ups miss the cache once; of a longer one the hash and where its record begins.
"""

import numpy as np
from jaxtyping import Int32, Int64, UInt8, UInt64
from numba import int32, int64, uint8, uint64, void

from graphfraud_features.pairs.compiled import compiled, filled, given, inlined

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ZERO = np.uint64(0)
ONE = np.uint64(1)
INLINE = np.uint64(12)
BLOCK = 512
INLINE_WORDS = 3
BYTE = np.uint64(8)
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_AGAIN = np.uint64(0xD6E8FEB86659FD93)


@inlined
def _mixed(before: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of what came before and one word more."""
    mixed = (before ^ word) * MIX
    mixed = (mixed ^ (mixed >> HALF)) * MIX_AGAIN
    return mixed ^ (mixed >> HALF)


@inlined
def _loaded(data: UInt8[np.ndarray, " byte"], at: np.int64) -> np.uint64:
    """Eight bytes as a word, the first one lowest; compiles to one load."""
    low = np.uint64(data[at]) | np.uint64(data[at + 1]) << np.uint64(8)
    low |= np.uint64(data[at + 2]) << np.uint64(16) | np.uint64(data[at + 3]) << np.uint64(24)
    high = np.uint64(data[at + 4]) | np.uint64(data[at + 5]) << np.uint64(8)
    high |= np.uint64(data[at + 6]) << np.uint64(16) | np.uint64(data[at + 7]) << np.uint64(24)
    return low | high << HALF


@inlined
def _word(low: np.uint64, high: np.uint64, data: UInt8[np.ndarray, " byte"], begin: np.int64, ix: int) -> np.uint64:
    """Word `ix` of the id of an Arrow string view, which holds up to 12 bytes itself, or says where they lie."""
    left = np.int64(low & LOW) - 8 * ix
    if left >= 8:
        return _loaded(data, begin + 8 * ix) if low & LOW > INLINE else (low >> HALF) | (high << HALF)
    spare = np.uint64(64 - 8 * left)
    if low & LOW > INLINE:
        return _loaded(data, begin + 8 * ix + left - 8) >> spare
    inline = (low >> HALF) | (high << HALF) if ix == 0 else high >> HALF
    return inline & (~ZERO >> spare)


@compiled(
    void,
    *(given(uint64, axes=2), given(uint8), given(int64)),
    *(filled(uint64), filled(int64), filled(uint64)),
)
def spell(
    views: UInt64[np.ndarray, "row 2"],
    data: UInt8[np.ndarray, " byte"],
    bases: Int64[np.ndarray, " buffer"],
    words: UInt64[np.ndarray, " word"],
    begins: Int64[np.ndarray, " row"],
    hashes: UInt64[np.ndarray, " row"],
) -> None:
    """Writes the words of each id one after another, where they begin, and their hash."""
    place = 0
    for row in range(len(views)):
        low, high = views[row, 0], views[row, 1]
        at = bases[high & LOW] + np.int64(high >> HALF) if low & LOW > INLINE else np.int64(0)
        mixed, begins[row] = low & LOW, place
        for ix in range((np.int64(low & LOW) + 7) >> 3):
            word = _word(low, high, data, at, ix)
            mixed = _mixed(mixed, word)
            words[place] = word
            place += 1
        hashes[row] = mixed


@inlined
def _enter(
    records: UInt64[np.ndarray, " word"],
    record: int,
    code: int,
    mixed: np.uint64,
    slots: UInt64[np.ndarray, "slot 4"],
    slot: np.uint64,
) -> None:
    """Fills a free slot."""
    slots[slot, 0] = np.uint64(code + 1) | (records[record] << HALF)
    word_count = (np.int64(records[record]) + 7) >> 3
    if word_count > INLINE_WORDS:
        slots[slot, 1] = mixed
        slots[slot, 2] = np.uint64(record)
    else:
        for ix in range(word_count):
            slots[slot, 1 + ix] = records[record + 1 + ix]


@inlined
def _new_code(
    words: UInt64[np.ndarray, " word"],
    begin: int,
    length: np.uint64,
    records: UInt64[np.ndarray, " word"],
    places: Int64[np.ndarray, " code"],
    used: Int64[np.ndarray, "3"],
    slot_count: int,
) -> int:
    """The next code, once the id whose words begin there has a record; -1 where there is no room for it."""
    word_count, code, record = (np.int64(length) + 7) >> 3, used[0], used[1]
    is_full = 2 * (code + 1) > slot_count or code == len(places)
    if is_full or record + word_count + 1 > len(records):
        return -1
    places[code] = record
    records[record] = length
    for ix in range(word_count):
        records[record + 1 + ix] = words[begin + ix]
    used[0] = code + 1
    used[1] = record + 1 + word_count
    return int(code)


@compiled(
    int64,
    *(given(uint64, axes=2), given(uint64), given(int64), given(uint64)),
    *(filled(uint64, axes=2), filled(uint64), filled(int64), filled(int64), filled(int32), int64),
)
def encode(
    views: UInt64[np.ndarray, "row 2"],
    words: UInt64[np.ndarray, " word"],
    begins: Int64[np.ndarray, " row"],
    hashes: UInt64[np.ndarray, " row"],
    slots: UInt64[np.ndarray, "slot 4"],
    records: UInt64[np.ndarray, " word"],
    places: Int64[np.ndarray, " code"],
    used: Int64[np.ndarray, "3"],
    codes: Int32[np.ndarray, " row"],
    start: int,
) -> int:
    """The row before which it had to stop for want of room, or the number of rows; fills `codes` up to there.

    `used` holds the number of codes and the words in use; an id met for the first time takes the next code.
    """
    mask, seen = np.uint64(len(slots) - 1), ZERO
    for row in range(start, len(views)):
        if (row - start) & (BLOCK - 1) == 0:
            # Asks for all that the block will need at once, so that the cache misses overlap.
            for ahead in range(row, min(row + BLOCK, len(views))):
                seen ^= slots[hashes[ahead] & mask, 0]
        length, mixed, begin = views[row, 0] & LOW, hashes[row], begins[row]
        word_count = (np.int64(length) + 7) >> 3
        slot, code = mixed & mask, np.int64(-1)
        while slots[slot, 0] != ZERO:
            unlike = (slots[slot, 0] >> HALF) ^ length
            if unlike == ZERO and word_count <= INLINE_WORDS:
                for ix in range(word_count):
                    unlike |= slots[slot, 1 + ix] ^ words[begin + ix]
            elif unlike == ZERO:
                unlike = slots[slot, 1] ^ mixed
                record = np.int64(slots[slot, 2])
                for ix in range(word_count if unlike == ZERO else 0):
                    unlike |= records[record + 1 + ix] ^ words[begin + ix]
            if unlike == ZERO:
                code = np.int64(slots[slot, 0] & LOW) - 1
                break
            slot = (slot + ONE) & mask
        if code >= 0:
            codes[row] = code
            continue
        new_code = _new_code(words, begin, length, records, places, used, len(slots))
        if new_code < 0:
            return row
        _enter(records, places[new_code], new_code, mixed, slots, slot)
        codes[row] = new_code
    used[2] = np.int64(seen >> ONE)
    return len(views)


@compiled(void, given(uint64), given(int64), int64, filled(uint64, axes=2))
def fill_slots(
    records: UInt64[np.ndarray, " word"],
    places: Int64[np.ndarray, " code"],
    count: int,
    slots: UInt64[np.ndarray, "slot 4"],
) -> None:
    """Enters the first `count` codes into empty slots."""
    mask = np.uint64(len(slots) - 1)
    for code in range(count):
        record = places[code]
        mixed = records[record]
        for ix in range((np.int64(records[record]) + 7) >> 3):
            mixed = _mixed(mixed, records[record + 1 + ix])
        slot = mixed & mask
        while slots[slot, 0] != ZERO:
            slot = (slot + ONE) & mask
        _enter(records, record, code, mixed, slots, slot)


@compiled(filled(int64), given(uint64), given(int64), given(int64))
def end_offsets(
    records: UInt64[np.ndarray, " word"], places: Int64[np.ndarray, " code"], codes: Int64[np.ndarray, " asked"]
) -> Int64[np.ndarray, " asked+1"]:
    """Where the bytes of the asked ids begin and end when they stand one after another."""
    offsets = np.zeros(len(codes) + 1, np.int64)
    for ix in range(len(codes)):
        offsets[ix + 1] = offsets[ix] + np.int64(records[places[codes[ix]]])
    return offsets


@compiled(void, given(uint64), given(int64), given(int64), given(int64), filled(uint8))
def copy_bytes(
    records: UInt64[np.ndarray, " word"],
    places: Int64[np.ndarray, " code"],
    codes: Int64[np.ndarray, " asked"],
    offsets: Int64[np.ndarray, " asked+1"],
    text: UInt8[np.ndarray, " byte"],
) -> None:
    """Writes the asked ids one after another into `text`."""
    for ix in range(len(codes)):
        record, place = places[codes[ix]], offsets[ix]
        while place < offsets[ix + 1]:
            record += 1
            word = records[record]
            for byte in range(min(offsets[ix + 1] - place, 8)):
                text[place + byte] = np.uint8((word >> np.uint64(8 * byte)) & np.uint64(255))
            place += 8


@inlined
def _first_highest(word: np.uint64) -> np.uint64:
    """The word with its bytes turned round, so that words are ordered as their bytes are."""
    turned = ZERO
    for place in range(8):
        turned = (turned << BYTE) | ((word >> np.uint64(8 * place)) & np.uint64(255))
    return turned


@inlined
def _is_before(records: UInt64[np.ndarray, " word"], one: int, others: UInt64[np.ndarray, " word"], other: int) -> bool:
    """Whether the id of one record stands before the other's, byte by byte."""
    length, other_length = np.int64(records[one]), np.int64(others[other])
    for ix in range((min(length, other_length) + 7) >> 3):
        mine, its = records[one + 1 + ix], others[other + 1 + ix]
        if mine != its:
            return bool(_first_highest(mine) < _first_highest(its))
    return bool(length < other_length)


@compiled(void, given(uint64), given(int64), given(uint64), given(int64), int64, filled(int32))
def enter_ranges(
    records: UInt64[np.ndarray, " word"],
    places: Int64[np.ndarray, " code"],
    bound_records: UInt64[np.ndarray, " word"],
    bound_places: Int64[np.ndarray, " bound"],
    first_code: int,
    ranges: Int32[np.ndarray, " new"],
) -> None:
    """Fills, for the codes from `first_code` on, how many of the sorted bounds stand at or before each id."""
    for ix in range(len(ranges)):
        lowest, highest = 0, len(bound_places)
        while lowest < highest:
            middle = (lowest + highest) >> 1
            if _is_before(records, places[first_code + ix], bound_records, bound_places[middle]):
                highest = middle
            else:
                lowest = middle + 1
        ranges[ix] = lowest
