"""What destruction is told in: the kinds of papers, why they are kept, and the words of an act."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from methodologies.model.clause import Language
from services.words import Trilingual, spoken

_WORDS: Final[Mapping[str, Trilingual]] = MappingProxyType(
    {
        "title": (
            "Қағаздарды жою туралы № {number} акт",
            "Акт об уничтожении № {number}",
            "Act of destruction No. {number}",
        ),
        "body": ("Мемлекеттік орган", "Государственный орган", "State body"),
        "drawn": ("Жасалған күні", "Составлен", "Drawn up"),
        "as-of": (
            "Сақтау мерзімі мына күнге дейін аяқталған",
            "Срок хранения истёк до",
            "Term of keeping over by",
        ),
        "documents": ("Құжаттар", "Документов", "Documents"),
        "events": ("Жазбалар", "Записей", "Events"),
        "digest": (
            "Тізімнің SHA-256 бақылау сомасы",
            "Контрольная сумма списка SHA-256",
            "SHA-256 of the list",
        ),
        "authorised": ("Рұқсат бергендер", "Разрешили", "Authorised by"),
        "awaited": (
            "Тағы {count} адамның рұқсаты керек",
            "Требуется разрешение ещё {count} лиц",
            "{count} more must authorise",
        ),
        "on": ("күні", "дата", "on"),
        "key": ("кілт", "ключ", "key"),
        "public-key": ("ашық кілт", "открытый ключ", "public key"),
        "signature": ("қолтаңба", "подпись", "signature"),
        "completed": ("Аяқталды", "Завершено", "Completed"),
        "open": ("Әлі аяқталған жоқ", "Ещё не завершено", "Not completed yet"),
        "erased": (
            "Қалған кілттер жаңа кілтпен қайта қапталды, ескі кілт өшірілді",
            "Оставшиеся ключи переоформлены под новым ключом, старый ключ стёрт",
            "The living keys were wrapped under a new key, and the old one was erased",
        ),
        "left": ("Жойылмай қалғандар", "Не уничтожены", "Left undestroyed"),
        "sum": ("Жиынтығы", "Итоги", "In sum"),
        "list": ("Тізім", "Список", "List"),
        "kind": ("құжат", "документ", "document"),
        "period": ("кезең", "период", "period"),
        "count": ("саны", "число", "count"),
        "stream": ("нөмірі", "номер", "stream"),
        "seq": ("жазба орны", "место записи", "recorded at"),
        "leaf": ("ағаштағы жапырақ", "лист дерева", "leaf of the tree"),
        "assessment": ("бағалау парағы", "оценочный лист", "assessment"),
        "calibration": ("калибрлеу", "калибровка", "calibration"),
        "obligations": ("рәсім мерзімдері", "сроки процедуры", "terms of the procedure"),
        "plan": ("жұмыс жоспары", "план работы", "work plan"),
        "annual": ("жылдық бағалау", "годовая оценка", "annual score"),
        "commission": ("комиссия отырысы", "заседание комиссии", "commission's session"),
        "employment": ("қызметшінің ісі", "дело служащего", "servant's file"),
        "discipline": ("тәртіптік жазалар", "взыскания", "sanctions"),
        "disclosures": ("танысу журналы", "журнал ознакомлений", "log of disclosures"),
        "hold": ("жоюға тыйымдар", "запреты на уничтожение", "holds"),
        "term": ("сақтау мерзімі өткен жоқ", "срок хранения не истёк", "term of keeping runs"),
        "no-term": ("акт мерзім белгілемеген", "акт не устанавливает срока", "the act sets no term"),
        "not-completed": ("бағалау аяқталмаған", "оценка не завершена", "not completed"),
        "appeal-pending": ("шағым қаралуда", "обжалуется", "appeal pending"),
        "calibration-pending": ("калибрлеу аяқталмаған", "калибровка не завершена", "calibration pending"),
        "dispute-pending": ("дау реттелмеген", "спор не урегулирован", "dispute pending"),
        "held": ("жоюға тыйым салынған", "запрет на уничтожение", "held"),
        "needed-by-year": ("жыл қорытындысына керек", "нужно для годовой оценки", "needed by the year"),
        "quarter-kept": ("тоқсан қағазы сақталады", "хранится квартал", "a quarter of it is kept"),
        "needed-by-results": ("нәтижелерге керек", "нужно для результатов", "needed by results kept"),
        "in-service": ("қызметте", "на службе", "in service"),
        "unreadable": ("ашылмайды", "не открывается", "does not open"),
        "destroyed-elsewhere": (
            "басқа актімен жойылған",
            "уничтожено другим актом",
            "destroyed by another act",
        ),
        "changed": ("өзгерген", "изменилось", "changed"),
        "was-destroyed": (
            "{on}: № {act} акт бойынша {body} органында {period} кезеңінің құжаты жойылды ({kind}).",
            "{on}: по акту № {act} в {body} уничтожен документ за {period} ({kind}).",
            "{on}: a document of {period} was destroyed in {body} under act No. {act} ({kind}).",
        ),
        "result-destroyed": (
            "{body}: {employee} қызметшінің {period} нәтижесі жойылды; актіні `bagalau history` айтады.",
            "{body}: результат {employee} за {period} уничтожен; по какому акту, скажет `bagalau history`.",
            "{body}: the result of {employee} for {period} was destroyed; `bagalau history` tells the act.",
        ),
        "file-destroyed": (
            "{on}: № {act} акт бойынша {body} органында құжат жойылды ({kind}).",
            "{on}: по акту № {act} в {body} уничтожен документ ({kind}).",
            "{on}: a document was destroyed in {body} under act No. {act} ({kind}).",
        ),
        "due": ("жоюға жатады", "подлежит уничтожению", "due"),
        "kept": ("сақталады", "хранится", "kept"),
        "until": ("дейін", "до", "until"),
    }
)


def word(code: str, language: Language) -> str:
    """The word in a language; a code that nobody gave one stands for itself."""
    found = _WORDS.get(code)
    return code if found is None else spoken(found, language)
