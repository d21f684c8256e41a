from pathlib import Path

from graphfraud_features.intake.salvage import BROKEN, csv_rows


def test_a_broken_byte_breaks_its_own_row_and_not_those_that_look_like_one(tmp_path: Path) -> None:
    path = tmp_path / "tracks.csv"
    path.write_bytes(b"track_id,title\nt1,C:\\x41\nt2,caf\xe9\nt3,caf\xc3\xa9\n")
    (batch,) = csv_rows(path, 100)
    assert batch["title"].to_list() == ["C:\\x41", r"caf\xe9", "caf\u00e9"]
    assert batch[BROKEN].to_list() == [None, "not_utf8", None]
