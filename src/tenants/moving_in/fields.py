"""What a past appeal is made of, and which headings of other services usually mean it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.platform.web.i18n import msgid
from src.tenants.cities.spelling import one_apostrophe


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours. ``headings`` are what others call it, folded; without a ``needed`` one nothing can be moved."""

    key: str
    label: str
    hint: str
    headings: tuple[str, ...]
    needed: bool = False


FIELDS = (
    Field("title", msgid("Запитання одним реченням"), msgid("Заголовок, який побачать усі: до 140 знаків"),
          ("запитання", "питання", "заголовок", "назва", "суть", "тема звернення", "question", "title", "subject"), needed=True),
    Field("asked", msgid("Коли запитали"), msgid("Наприклад 2021-05-03, 03.05.2021 або 03.05.2021 14:20. Час київський"),
          ("дата", "дата звернення", "дата подання", "дата створення", "коли запитали", "подано", "створено", "asked", "asked on",
           "created", "created at", "date"), needed=True),
    Field("category", msgid("Категорія"), msgid("Що означає кожне слово, запитаємо далі"),
          ("категорія", "рубрика", "тема", "тип", "вид", "category", "topic", "type"), needed=True),
    Field("number", msgid("Номер у попередньому сервісі"), msgid("Залишиться в історії звернення; за ним помітимо повторне перенесення"),
          ("номер", "№", "n", "no", "id", "номер звернення", "реєстраційний номер", "number")),
    Field("details", msgid("Подробиці"), msgid("До 4000 знаків"),
          ("подробиці", "деталі", "опис", "текст", "текст звернення", "зміст", "details", "description", "body", "text")),
    Field("district", msgid("Район"), msgid("Якщо є точка, район беремо за нею"), ("район", "мікрорайон", "district")),
    Field("address", msgid("Адреса"), msgid("Номер квартири не покажемо ніколи, будинок — лише там, де категорія дозволяє точне місце"),
          ("адреса", "місце", "вулиця", "address", "place", "location", "street")),
    Field("lat", msgid("Широта"), msgid("У градусах, наприклад 50.4501"), ("широта", "lat", "latitude")),
    Field("lon", msgid("Довгота"), msgid("У градусах, наприклад 30.5234"), ("довгота", "lon", "lng", "long", "longitude")),
    Field("state", msgid("Стан"), msgid("Якщо такого стовпця немає, відповідь є там, де є її текст"),
          ("стан", "статус", "state", "status")),
    Field("short", msgid("Відповідь коротко"), msgid("До 300 знаків. Якщо порожньо, візьмемо перше речення повної відповіді"),
          ("відповідь", "коротка відповідь", "відповідь коротко", "answer", "short answer", "response")),
    Field("answer", msgid("Повна відповідь"), msgid("До 10 000 знаків"),
          ("повна відповідь", "текст відповіді", "докладна відповідь", "full answer", "long answer", "answer text")),
    Field("answered", msgid("Коли відповіли"), msgid("Так само, як дата запитання"),
          ("дата відповіді", "коли відповіли", "відповіли", "дата закриття", "answered", "answered on", "answered at", "answer date", "closed at")),
    Field("responder", msgid("Хто відповів"), msgid("Якщо порожньо, візьмемо відповідача за правилами міста"),
          ("хто відповів", "відповідач", "виконавець", "орган", "установа", "responder", "answered by", "executor", "department")),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}
MAPPED = ("category", "responder", "state")
"""Fields whose words are mapped to what the city has."""
LETTERS = 26


def folded(text: str) -> str:
    """A heading or a word for comparing: case, kinds of apostrophe, underscores and spaces aside."""
    return " ".join(one_apostrophe(text).lstrip("\ufeff").lower().replace("_", " ").split())


def guessed(headings: Sequence[str], before: Mapping[str, str]) -> dict[str, int]:
    """Which column each field is: as the city said of its last file (``before``: folded headings), else by the heading."""
    names = [folded(heading) for heading in headings]
    found: dict[str, int] = {}
    rounds = (
        lambda field, name: name == before.get(field.key),
        lambda field, name: name in field.headings,
        lambda field, name: any(len(each) > 3 and each in name for each in field.headings),  # noqa: PLR2004
    )
    for fits in rounds:
        for field in FIELDS:
            if field.key in found:
                continue
            taken = set(found.values())
            column = next((n for n, name in enumerate(names) if name and n not in taken and fits(field, name)), None)
            if column is not None:
                found[field.key] = column
    return found


def letters(column: int) -> str:
    """What a spreadsheet calls a column: A, B, …, AA (``column`` from 0)."""
    return (letters(column // LETTERS - 1) if column >= LETTERS else "") + chr(ord("A") + column % LETTERS)
