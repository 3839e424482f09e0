from contextlib import suppress
from pathlib import Path

import pytest

from events.files import beside, settle


def test_a_file_that_gets_no_other_name_is_gone(tmp_path: Path) -> None:
    with beside(tmp_path / "report.csv") as made:
        made.write(b"half")
    assert not list(tmp_path.iterdir())


def test_it_is_its_owners_alone_and_takes_the_place_of_another(tmp_path: Path) -> None:
    place = tmp_path / "report.csv"
    place.write_bytes(b"before")
    with beside(place) as made:
        made.write(b"after")
        settle(made)
        assert place.read_bytes() == b"before"
        Path(made.name).replace(place)
    assert place.read_bytes() == b"after"
    assert place.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_broken_off_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "report.csv"
    place.write_bytes(b"before")
    with suppress(RuntimeError), beside(place) as made:
        made.write(b"half")
        raise RuntimeError
    assert place.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [place]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    place = tmp_path / "missing" / "report.csv"
    with pytest.raises(FileNotFoundError) as caught, beside(place):
        pass
    assert caught.value.filename == str(place)
