import msgspec
from hypothesis import given
from hypothesis import strategies as st

from events.documents import evolve, fold
from events.vocabulary import Data
from events.vocabulary.methodology import MethodologyActivated
from tests.vocabulary_strategies import data, events

HERE = {"employee": "4117", "position": "specialist", "period": "2026", "year": 2026, "form": None}


def of_one_servant(said: Data) -> Data:
    named = {name: code for name, code in HERE.items() if name in said.__struct_fields__}
    return msgspec.structs.replace(said, **named)


# Most events are of one servant, so that they meet in his documents.
histories = st.lists(events(data().map(of_one_servant) | data()), max_size=12)


@given(histories)
def test_no_event_of_the_vocabulary_stops_a_fold(history):
    documents = fold(history)

    assert documents.keys() <= {event.document for event in history}


@given(histories, st.integers(0, 8))
def test_a_fold_taken_further_is_the_fold_of_the_whole(history, pause):
    paused = fold(history[:pause])

    assert fold(history[pause:], paused) == fold(history)


@given(st.data())
def test_events_of_one_document_alone_change_it(data):
    history = data.draw(histories)
    whole = fold(history)

    for name, document in whole.items():
        assert fold(event for event in history if event.document == name) == {name: document}


@given(events(st.builds(MethodologyActivated, id=..., revision=...)))
def test_a_document_whose_state_decides_nothing_is_not_kept(event):
    assert evolve(None, event) is None
