"""An error that people are told of says everything, also after it came from another process."""

import pickle

import pytest

from events.told_error import ToldError


class SunkError(ToldError):
    pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            SunkError("ship-sunk", "It lies below.", "Take another."),
            "ship-sunk: It lies below. Take another.",
        ),
        (SunkError("ship-sunk", "It lies below."), "ship-sunk: It lies below."),
    ],
)
def test_code_sentence_and_remedy_come_whole_from_another_process(error: SunkError, words: str) -> None:
    brought = pickle.loads(pickle.dumps(error))
    assert type(brought) is SunkError
    assert (brought.code, brought.detail, brought.remedy) == (error.code, error.detail, error.remedy)
    assert str(brought) == str(error) == words
