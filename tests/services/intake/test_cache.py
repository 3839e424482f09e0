"""Documents at hand are used only while their ledger is as it was."""

from events.documents import Employment
from events.log import new_stream
from events.vocabulary import Name
from services.intake.cache import DocumentCache, Held

ONE, TWO = Name("employment", ("e-1",)), Name("employment", ("e-2",))


def held(name: Name) -> Held:
    return Held(new_stream("health", name), Employment(name.key[0]))


def test_what_was_put_is_found_at_the_same_size() -> None:
    cache, document = DocumentCache(), held(ONE)
    cache.put("health", 5, {ONE: document})
    assert cache.get("health", 5, {ONE, TWO}) == {ONE: document}


def test_a_ledger_that_grew_elsewhere_loses_all_its_documents() -> None:
    cache = DocumentCache()
    cache.put("health", 5, {ONE: held(ONE)})
    assert cache.get("health", 6, {ONE}) == {}
    assert cache.get("health", 5, {ONE}) == {}


def test_a_batch_keeps_the_documents_that_it_did_not_touch() -> None:
    cache, one, two = DocumentCache(), held(ONE), held(TWO)
    cache.put("health", 5, {ONE: one})
    cache.put("health", 6, {TWO: two})
    assert cache.get("health", 6, {ONE, TWO}) == {ONE: one, TWO: two}


def test_a_name_known_to_be_empty_is_held_too() -> None:
    cache = DocumentCache()
    cache.put("health", 5, {ONE: Held(None, None)})
    assert cache.get("health", 5, {ONE}) == {ONE: Held(None, None)}


def test_ledgers_do_not_share_documents() -> None:
    cache = DocumentCache()
    cache.put("health", 5, {ONE: held(ONE)})
    assert cache.get("arys", 5, {ONE}) == {}


def test_the_documents_used_longest_ago_go_first() -> None:
    cache, one, two, three = DocumentCache(2), held(ONE), held(TWO), Name("plan", ("e-1", "p-1", "2026"))
    cache.put("health", 1, {ONE: one, TWO: two})
    cache.get("health", 1, {ONE})
    cache.put("health", 1, {three: Held(None, None)})
    assert cache.get("health", 1, {ONE, TWO, three}).keys() == {ONE, three}
