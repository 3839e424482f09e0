from events.documents.adoptions import Adoption
from events.vocabulary.body import MethodologyAdopted
from tests.ledger import after


def adopted(methodology: str, from_period: str, until_period: str | None = None) -> MethodologyAdopted:
    return MethodologyAdopted(methodology=methodology, from_period=from_period, until_period=until_period)


def test_adoptions_stay_in_the_order_recorded_with_their_place_in_the_ledger():
    adoptions = after(adopted("zhanakorgan-2026", "2026-Q1"), adopted("typical-2025", "2025-Q4", "2025-Q4"))

    assert adoptions.entries == (
        Adoption("zhanakorgan-2026", "2026-Q1", None, seq=1),
        Adoption("typical-2025", "2025-Q4", "2025-Q4", seq=2),
    )


def test_an_adoption_recorded_twice_is_kept_twice_so_that_the_later_can_win():
    adoptions = after(adopted("typical-2025", "2026-Q1"), adopted("zhanakorgan-2026", "2026-Q1"))

    assert [entry.methodology for entry in adoptions.entries] == ["typical-2025", "zhanakorgan-2026"]
