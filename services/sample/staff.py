"""Who serves in a body at the start: units with their heads, deputies and specialists, and the leadership."""

from datetime import date, timedelta
from random import Random

import msgspec

from services.sample.country import Kind, SampleBody
from services.sample.names import identity_number, person
from services.sample.servant import Post, Servant


class Unit(msgspec.Struct, frozen=True):
    """A unit with its head and whoever supervises its specialists."""

    code: str
    head: str
    supervisor: str
    superior: str


class Ladder(msgspec.Struct, frozen=True):
    """Categories of a kind of body, from the leaders down; of several one is drawn."""

    leader: tuple[str, ...]
    head: tuple[str, ...]
    deputy: tuple[str, ...]
    others: tuple[str, ...]


_AKIMAT = Ladder(
    ("E-1", "E-2"),
    ("E-R-1", "E-R-1", "E-R-1", "E-3"),
    ("E-R-2", "E-3"),
    ("E-4", "E-4", "E-R-4", "E-R-4", "E-R-5", "E-5", "E-R-3", "E-G-3", "E-3"),
)
_LADDERS: dict[Kind, Ladder] = {
    "district": _AKIMAT,
    "city": _AKIMAT,
    "region": Ladder(("D-1", "D-2"), ("D-O-1", "D-3"), ("D-O-3",), ("D-4", "D-5", "D-O-4", "D-O-5", "D-O-6")),
    "ministry": Ladder(("C-1", "C-2"), ("C-3",), ("C-3", "C-4"), ("C-4", "C-4", "C-5", "C-5")),
    "office": Ladder(("C-1",), ("C-3",), ("C-4",), ("C-4", "C-5")),
}

_UNIT = 12
_UNITS_OF_A_LEADER = 14
_WITH_DEPUTY = 5
_TEMPERS = 120
_CYRILLIC = str.maketrans("ECO", "ЕСО")


class Staff:
    """A body's units and servants at the start; `servants` grows and shrinks as the country lives."""

    def __init__(self, body: SampleBody, rng: Random, start: date) -> None:
        self._rng = rng
        self._start = start
        self._ladder = _LADDERS[body.kind]
        # One HR service in eight types its categories in Cyrillic letters.
        self._cyrillic = body.kind == "district" and not body.adopted and rng.random() < 1 / 8
        self._tells_who_serves_public = body.family == "targets"
        # In a small office the heads of department answer to the head of the office himself.
        self._flat = body.kind == "office"
        self._number = 0
        self._prefix = body.code[:2].upper()
        self.first_head = f"{self._prefix}-HEAD"
        self.chief_of_staff = f"{self._prefix}-CHIEF"
        self.units: list[Unit] = []
        self.servants: list[Servant] = []
        self._build(body.employees)
        self.evaluators = (self.first_head, *(one.code for one in self.servants if one.settled))
        """Those who assess others, so whoever may sit on a panel or a commission."""

    def new_servant(self, unit: Unit, since: date) -> Servant:
        """Somebody joins a unit as one of its specialists."""
        return self._servant(self._specialist(unit), since)

    def vacancy(self, unit: Unit, mover: Servant) -> Post:
        """A position of a unit, of the mover's category; named after him, so that no two hold the same."""
        position = f"{unit.code}/{mover.code[3:]}-{len(mover.posts) + 1}"
        return msgspec.structs.replace(
            self._specialist(unit), position=position, category=mover.post.category
        )

    def other_evaluator(self, evaluator: str, employee: str) -> str:
        """Whom an evaluator names to assess a servant beside him; himself where there is nobody else."""
        others = [one for one in self.evaluators if one not in {evaluator, employee}]
        return self._rng.choice(others) if others else evaluator

    def particulars(self) -> dict[str, str]:
        """A made-up name and identity number."""
        return {"name": person(self._rng), "iin": identity_number(self._rng)}

    def _build(self, employees: int) -> None:
        leaders = 0 if self._flat else 1 + employees // (_UNIT * _UNITS_OF_A_LEADER)
        heads = max(1, -(-(employees - leaders) // _UNIT))
        for index in range(leaders):
            category = self._ladder.leader[min(index, len(self._ladder.leader) - 1)]
            post = self._post("apparatus", category, self.first_head, self.first_head, heads=index == 0)
            self._servant(post, self._years_ago(), settled=True)
        leading = [servant.code for servant in self.servants] or [self.first_head]
        sizes = [
            (employees - leaders) // heads + (index < (employees - leaders) % heads) for index in range(heads)
        ]
        for index, size in enumerate(sizes):
            self._unit(f"unit-{index + 1:03d}", leading[index % len(leading)], size)

    def _unit(self, code: str, leader: str, size: int) -> None:
        head_post = self._post(code, self._draw(self._ladder.head), leader, self.first_head, heads=True)
        head = self._servant(head_post, self._years_ago(), settled=True).code
        supervisor = head
        if size > _WITH_DEPUTY and not self._flat:
            deputy = self._post(code, self._draw(self._ladder.deputy), head, head, superior=leader)
            supervisor = self._servant(deputy, self._years_ago(), settled=True).code
        unit = Unit(code, head, supervisor, superior=head if supervisor != head else leader)
        self.units.append(unit)
        for _ in range(size - (2 if supervisor != head else 1)):
            self._servant(self._specialist(unit), self._years_ago())

    def _specialist(self, unit: Unit) -> Post:
        category = self._draw(self._ladder.others)
        return Post(
            f"{unit.code}/{self._number + 1}",
            self._written(category),
            managerial=False,
            unit=unit.code,
            supervisor=unit.supervisor,
            unit_head=unit.head,
            superior=unit.superior,
            serves_public=self._serves_public(),
        )

    def _post(
        self,
        unit: str,
        category: str,
        supervisor: str,
        unit_head: str,
        *,
        superior: str | None = None,
        heads: bool = False,
    ) -> Post:
        return Post(
            f"{unit}/{self._number + 1}",
            self._written(category),
            managerial=True,
            unit=unit,
            supervisor=supervisor,
            unit_head=unit_head,
            superior=superior or self.first_head,
            heads_unit=heads,
            serves_public=self._serves_public(),
        )

    def _servant(self, post: Post, since: date, *, settled: bool = False) -> Servant:
        self._number += 1
        code = f"{self._prefix}-{self._number:05d}"
        servant = Servant(code, post, since, self._rng.randrange(_TEMPERS), settled=settled)
        self.servants.append(servant)
        return servant

    def _serves_public(self) -> bool | None:
        return bool(self._rng.getrandbits(1)) if self._tells_who_serves_public else None

    def _draw(self, categories: tuple[str, ...]) -> str:
        return categories[int(self._rng.random() * len(categories))]

    def _written(self, category: str) -> str:
        return category.translate(_CYRILLIC) if self._cyrillic else category

    def _years_ago(self) -> date:
        return self._start - timedelta(days=120 + int(self._rng.random() * 3600))
