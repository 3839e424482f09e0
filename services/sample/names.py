"""Made-up names: of bodies in three languages, of people, and identity numbers that nobody has."""

from random import Random

import msgspec


class Naming(msgspec.Struct, frozen=True):
    """A name in Kazakh, Russian and English."""

    kk: str
    ru: str
    en: str


class Place(Naming, frozen=True):
    """A made-up place."""

    def akimat(self, kind: str, turn: int) -> Naming:
        """The akimat's name: of a region or a district, numbered from the second of that name on."""
        number = "" if turn == 1 else f" № {turn}"
        if kind == "region":
            return Naming(
                f"{self.kk} облысының әкімдігі{number}",
                f"Акимат области {self.ru}{number}",
                f"{self.en} Region Akimat{number}",
            )
        return Naming(
            f"{self.kk} ауданының әкімдігі{number}",
            f"Акимат района {self.ru}{number}",
            f"{self.en} District Akimat{number}",
        )


_BEFORE = (
    ("Ақ", "Ак", "Ak"),
    ("Қара", "Кара", "Kara"),
    ("Көк", "Кок", "Kok"),
    ("Сары", "Сары", "Sary"),
    ("Қызыл", "Кызыл", "Kyzyl"),
    ("Жаңа", "Жана", "Zhana"),
    ("Алтын", "Алтын", "Altyn"),
    ("Күміс", "Кумис", "Kumis"),
    ("Бес", "Бес", "Bes"),
    ("Тас", "Тас", "Tas"),
    ("Үлкен", "Улкен", "Ulken"),
    ("Кең", "Кен", "Ken"),
)
_AFTER = (
    ("қайың", "кайын", "kaiyn"),
    ("бұлақ", "булак", "bulak"),
    ("шоқы", "шокы", "shoky"),
    ("өзек", "озек", "ozek"),
    ("дала", "дала", "dala"),
    ("құдық", "кудык", "kudyk"),
    ("қамыс", "камыс", "kamys"),
    ("терек", "терек", "terek"),
    ("жота", "жота", "zhota"),
    ("арал", "арал", "aral"),
)
PLACES: tuple[Place, ...] = tuple(
    Place(*(first + second for first, second in zip(before, after, strict=True)))
    for after in _AFTER
    for before in _BEFORE
)

MINISTRIES: tuple[tuple[str, Naming], ...] = (
    ("waters", Naming("Су қорлары министрлігі", "Министерство водных запасов", "Ministry of Waters")),
    ("roads", Naming("Жолдар мен көпірлер министрлігі", "Министерство дорог и мостов", "Ministry of Roads")),
    ("archives", Naming("Мұрағат министрлігі", "Министерство архивов", "Ministry of Archives")),
    ("forests", Naming("Орман министрлігі", "Министерство лесов", "Ministry of Forests")),
    ("crafts", Naming("Қолөнер министрлігі", "Министерство ремёсел", "Ministry of Crafts")),
    ("measures", Naming("Өлшем министрлігі", "Министерство мер и весов", "Ministry of Measures")),
    ("pastures", Naming("Жайылым министрлігі", "Министерство пастбищ", "Ministry of Pastures")),
    ("posts", Naming("Пошта министрлігі", "Министерство почты", "Ministry of Posts")),
    ("harbours", Naming("Кемежай министрлігі", "Министерство гаваней", "Ministry of Harbours")),
    ("seasons", Naming("Ауа райы министрлігі", "Министерство погоды", "Ministry of Weather")),
)

_SURNAMES = (
    ("Айтпаев", "Айтпаева"),
    ("Бекқожин", "Бекқожина"),
    ("Дәулетов", "Дәулетова"),
    ("Ермағанов", "Ермағанова"),
    ("Жақсыбаев", "Жақсыбаева"),
    ("Зейнелов", "Зейнелова"),
    ("Кәрібаев", "Кәрібаева"),
    ("Қуанышев", "Қуанышева"),
    ("Мұқашев", "Мұқашева"),
    ("Нұртазин", "Нұртазина"),
    ("Оразалин", "Оразалина"),
    ("Сағындықов", "Сағындықова"),
    ("Тілеубеков", "Тілеубекова"),
    ("Үсенов", "Үсенова"),
    ("Шәкенов", "Шәкенова"),
    ("Ковалёв", "Ковалёва"),
    ("Лисицын", "Лисицына"),
    ("Ким", "Ким"),
)
_GIVEN = (
    ("Алмас", "Айгүл"),
    ("Болат", "Ботагөз"),
    ("Дәурен", "Динара"),
    ("Ержан", "Гүлнар"),
    ("Қайрат", "Жанар"),
    ("Марат", "Мәдина"),
    ("Нұрлан", "Назгүл"),
    ("Самат", "Сәуле"),
    ("Талғат", "Ұлжан"),
    ("Олег", "Ирина"),
    ("Сергей", "Светлана"),
    ("Виктор", "Елена"),
)

# The seventh digit tells the century and the sex, from 1 to 6: nobody has a number with a 9 there.
_NO_CENTURY = "9"
_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_MODULUS = 11
_NO_CHECK = 10


def person(rng: Random) -> str:
    """A surname and a given name."""
    sex = rng.getrandbits(1)
    return f"{rng.choice(_SURNAMES)[sex]} {rng.choice(_GIVEN)[sex]}"


def identity_number(rng: Random) -> str:
    """Twelve digits with a birthday and a right check digit, of a century that no number is given for."""
    while True:
        year, month, day = 60 + rng.randrange(40), 1 + rng.randrange(12), 1 + rng.randrange(28)
        digits = f"{year:02d}{month:02d}{day:02d}{_NO_CENTURY}{rng.randrange(10_000):04d}"
        check = check_digit(digits)
        if check is not None:
            return f"{digits}{check}"


def check_digit(digits: str) -> int | None:
    """The twelfth digit of an identity number for its first eleven; None where such a number is not given."""
    numbers = [int(digit) for digit in digits]
    for weights in (_WEIGHTS, _SECOND_WEIGHTS):
        rest = sum(weight * number for weight, number in zip(weights, numbers, strict=True)) % _MODULUS
        if rest != _NO_CHECK:
            return rest
    return None
