"""The words that facts choose from.

A closed list is an `enum` in the JSON Schema and whoever decides refuses other words; an open one stands as
`examples`, as an act or the body decides what else there is. Neither binds what is read back from a ledger.
"""

from typing import Annotated

from msgspec import Meta

_LONGEST = 64

SANCTIONS = (
    "remark",
    "reprimand",
    "severe-reprimand",
    "incompetence-warning",
    "demotion",
    "dismissal",
    "unfit-for-elected-post",
    "other",
)
REPLACING = ("absence", "secondment", "first-head")
ADDING = ("over-twenty",)
OUTCOMES = ("left", "revise", "annul")
CHOICES = ("approve", "revise")
ROLES = ("evaluator", "hr", "chair", "member", "secretary")
SERVANT = "servant"
HR = "hr"
APPOINTING = "appointing"
CENTRAL = "central"
AUDITOR = "auditor"
VIEWER_ROLES_OF_BODIES = (SERVANT, HR, APPOINTING)
VIEWER_ROLES_OF_AGENCY = (CENTRAL, AUDITOR)


def _closed(words: tuple[str, ...], description: str) -> Meta:
    return Meta(
        min_length=1,
        max_length=_LONGEST,
        description=description,
        extra_json_schema={"enum": list(words)},
    )


def _open(words: str, description: str) -> Meta:
    return Meta(min_length=1, max_length=_LONGEST, description=description, examples=words.split())


Sanction = Annotated[
    str, _closed(SANCTIONS, "A disciplinary sanction; one that another law adds is `other`, with its title")
]
Replacing = Annotated[str, _closed(REPLACING, "Why another evaluator takes a sheet over")]
Adding = Annotated[str, _closed(ADDING, "Why another servant assesses too")]
Outcome = Annotated[str, _closed(OUTCOMES, "What an appeal came to")]
Choice = Annotated[str, _closed(CHOICES, "A vote in a commission")]
Role = Annotated[str, _closed(ROLES, "In a panel `evaluator` or `hr`; in a commission the other three")]
ViewerRole = Annotated[
    str,
    _closed(
        (*VIEWER_ROLES_OF_BODIES, *VIEWER_ROLES_OF_AGENCY),
        "As what a person reads results; the last two are of the agency, the others of a body",
    ),
]

Category = Annotated[
    str,
    _open(
        "E-1 E-2 E-3 E-4 E-5 E-R-1 E-R-2 E-R-3 E-R-4 E-R-5 E-G-1 E-G-2 E-G-3 E-G-4 C-1",
        "The category of the post, as the register of posts prints it; letters that look alike in Latin and"
        " Cyrillic are one",
    ),
]
LeaveKind = Annotated[
    str,
    _open(
        "annual-leave unpaid-leave sick-leave social-leave study business-trip"
        " internship retraining advanced-training",
        "Why a servant is away; the examples are what acts name and count by, another word is kept and counts"
        " for nothing",
    ),
]
Channel = Annotated[
    str,
    _open(
        "information-system mobile-application written electronic"
        " registered-letter telephone-message telegram sms e-mail other-recorded",
        "How a result reached the servant; the act names the channels",
    ),
]
FormCode = Annotated[
    str,
    _open(
        "annex-1 annex-2 points plan targets competencies",
        "A form of the act that governs the period",
    ),
]
Breach = Annotated[str, _open("execution discipline", "A kind of breach that the act names")]
AppealedTo = Annotated[
    str,
    _open("administrative-procedure authorised-body court", "Where the act lets a decision be appealed"),
]
ActId = Annotated[
    str,
    _open(
        "typical-2025 zhanakorgan-2026 health-2025 pavlodar-2026 sjc-2017 arys-2022",
        "The id of a published act; `bagalau methodologies` lists the shipped ones",
    ),
]
