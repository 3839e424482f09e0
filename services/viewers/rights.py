"""What a viewer's role lets him ask for (cl. 13); the database decides as well which rows he is shown."""

from collections.abc import Collection
from typing import Literal

from events.vocabulary.words import APPOINTING, CENTRAL, HR, SERVANT, VIEWER_ROLES_OF_AGENCY
from services.viewers.errors import ViewerError
from services.viewers.proving import Proven

Right = Literal["own", "rows", "whole"]
"""His own, of which nothing is recorded; the results that he has to do with; or everything of a person."""


def right_to_person(proven: Proven, ledger: str, employee: str) -> Right:
    """What he may ask for of an employee of a ledger. Raises ViewerError `viewer-refused`."""
    if proven.role == SERVANT and proven.is_self(ledger, employee):
        return "own"
    if _reads_whole(proven, ledger):
        return "whole"
    if proven.ledger == ledger and proven.role in {SERVANT, APPOINTING}:
        return "rows"
    raise refused(proven)


def check_whole(proven: Proven, ledger: str) -> None:
    """Returns when he may read results of the whole ledger. Raises ViewerError `viewer-refused`."""
    if not _reads_whole(proven, ledger):
        raise refused(proven)


def check_correcting(proven: Proven, bodies: Collection[str] | None, *, applying: bool) -> None:
    """Returns when he may ask whom a correction concerns, or correct. Raises ViewerError `viewer-refused`.

    To correct an act is central HR's alone; HR of a body may ask what it would come to there.
    """
    if applying and proven.role != CENTRAL:
        raise ViewerError(
            "viewer-refused",
            f"{proven.name} ({proven.role}) may not correct an act.",
            "Central HR alone may; --what-if asks who would change.",
        )
    if not is_of_agency(proven) and (proven.role != HR or set(bodies or ()) != {proven.ledger}):
        raise refused(proven)


def check_extract(proven: Proven, ledger: str) -> None:
    """Returns when he may make extracts of the ledger's results. Raises ViewerError `viewer-refused`."""
    if proven.role not in {HR, CENTRAL}:
        raise refused(proven)
    check_whole(proven, ledger)


def is_of_agency(proven: Proven) -> bool:
    """Whether he may read in every body."""
    return proven.role in VIEWER_ROLES_OF_AGENCY


def refused(proven: Proven) -> ViewerError:
    """What is told whatever the reason is: whether somebody is known is no business of his either."""
    return ViewerError(
        "viewer-refused",
        f"{proven.name} ({proven.role}) may not read this.",
        "HR of the body, central HR or an auditor may; an evaluator the results that he has to do with;"
        " everybody what is his own.",
    )


def _reads_whole(proven: Proven, ledger: str) -> bool:
    return is_of_agency(proven) or (proven.role == HR and proven.ledger == ledger)
