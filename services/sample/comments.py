"""What evaluators write beside a mark, in Kazakh or Russian."""

from random import Random

_GOOD_KK: tuple[str, ...] = (
    "Тапсырмалар мерзімінде орындалды.",
    "Сапалы жұмыс, ескерту жоқ.",
    "Бастамашылдық танытты, әріптестеріне көмектесті.",
)
_GOOD_RU: tuple[str, ...] = (
    "Поручения исполнены в срок.",
    "Работает качественно, замечаний нет.",
    "Проявил инициативу при подготовке отчёта.",
)
_FAIR_KK = (
    "Жеке құжаттар пысықтауға қайтарылды.",
    "Есептерді уақытылы тапсыру қажет.",
)
_FAIR_RU = (
    "Отдельные документы возвращались на доработку.",
    "Следует строже соблюдать сроки.",
)
_POOR_KK = ("Тапсырмалар бірнеше рет мерзімінен кешікті.",)
_POOR_RU = ("Сроки исполнения поручений неоднократно нарушены.",)

_GOOD_FROM, _FAIR_FROM = "4", "3"


def comment(rng: Random, mark: str, *, kazakh: bool) -> str:
    """A sentence that fits a mark."""
    if mark >= _GOOD_FROM:
        choices = _GOOD_KK if kazakh else _GOOD_RU
    elif mark >= _FAIR_FROM:
        choices = _FAIR_KK if kazakh else _FAIR_RU
    else:
        choices = _POOR_KK if kazakh else _POOR_RU
    return choices[int(rng.random() * len(choices))]
