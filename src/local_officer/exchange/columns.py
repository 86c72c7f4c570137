"""What files hold: the columns of each kind, their headings in both languages, and what stands in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from src.platform.web.i18n import msgid

KINDS = ("beats", "officers", "streets", "hours")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``key`` is how the code calls it and an accepted heading as well; ``example`` stands in the template.

    One that is ``needed`` has to be in the file; without another one, what it would change stays as it is.
    """

    key: str
    uk: str
    en: str
    says: str
    example: str = ""
    needed: bool = False


BEATS = (
    Column("number", "номер", "number", msgid("Номер дільниці. Той самий номер — зміна, новий — нова дільниця"), "12", needed=True),
    Column("name_uk", "назва", "name", msgid("Назва українською; порожня — «Дільниця № 12»"), "Поділ, Контрактова площа"),
    Column("name_en", "назва англійською", "name in english", msgid("Назва англійською"), "Podil, Kontraktova Square"),
    Column("station", "підрозділ", "station", msgid("Код або назва підрозділу поліції, який уже є на сайті"), ""),
)  # fmt: skip
OFFICERS = (
    Column("code", "жетон", "service number", msgid("Номер жетона. Той самий номер — зміна, новий — новий офіцер"), "0001234", needed=True),
    Column("name_uk", "ім’я", "name", msgid("Ім’я та прізвище українською"), "Ірина Мельник", needed=True),
    Column("name_en", "ім’я англійською", "name in english", msgid("Ім’я та прізвище латинкою"), "Iryna Melnyk"),
    Column("rank", "звання", "rank", msgid("Спеціальне звання, наприклад «капітан поліції»"), "капітан поліції"),
    Column("post", "посада", "post", msgid("Посада, наприклад «дільничний офіцер поліції»"), "дільничний офіцер поліції"),
    Column("phones", "телефони", "phones", msgid("Службові телефони через кому; короткі номери теж"), "044 555 12 34, 102"),
    Column("email", "пошта", "e-mail", msgid("Службова електронна адреса"), "iryna.melnyk@police.example"),
    Column("station", "підрозділ", "station", msgid("Код або назва підрозділу поліції, який уже є на сайті"), ""),
    Column("languages", "мови", "languages", msgid("Мови через кому: uk, en, crh, pl, ro, hu, bg, de, fr, usl"), "uk, en"),
    Column("beats", "дільниці", "beats", msgid("Номери дільниць через кому. На нових служить від сьогодні; на тих, яких тут немає, служив до вчора"), ""),
)  # fmt: skip
STREETS = (
    Column("beat", "дільниця", "beat", msgid("Номер дільниці. Усі вулиці цієї дільниці замінить те, що є у файлі"), "12", needed=True),
    Column("street", "вулиця", "street", msgid("Назва вулиці"), "вулиця Хорива", needed=True),
    Column("houses", "будинки", "houses", msgid("Які будинки; порожньо — усі"), "1–15 непарні, 20, 22А"),
)  # fmt: skip
HOURS = (
    Column("officer", "жетон", "service number", msgid("Номер жетона. Від сьогодні години — з файлу; зміни окремих днів лишаться"), "0001234", needed=True),
    Column("weekday", "день", "day", msgid("День тижня: пн, вт, ср, чт, пт, сб, нд"), "вт", needed=True),
    Column("starts", "початок", "starts", msgid("Початок, наприклад 17:00"), "17:00", needed=True),
    Column("ends", "кінець", "ends", msgid("Кінець, наприклад 19:00"), "19:00", needed=True),
    Column("pattern", "повторення", "repeats", msgid("Щотижня, що два тижні, перший, другий, третій, четвертий або останній день"), "щотижня"),
    Column("reception", "вид", "kind", msgid("Особисто, телефоном або мобільно; порожньо — особисто"), "особисто"),
    Column("station", "підрозділ", "station", msgid("Код або назва підрозділу, де приймає"), ""),
    Column("place", "місце", "place", msgid("Місце словами, якщо це не підрозділ"), "вул. Хорива, 20"),
    Column("valid_from", "діє від", "from", msgid("Перший день, наприклад 2027-01-15 або 15.01.2027; порожньо — сьогодні"), ""),
    Column("valid_to", "діє до", "to", msgid("Останній день; порожньо — без кінця"), ""),
)  # fmt: skip
COLUMNS: dict[str, tuple[Column, ...]] = {"beats": BEATS, "officers": OFFICERS, "streets": STREETS, "hours": HOURS}


def folded(heading: str) -> str:
    """A heading for comparing: case, apostrophes, underscores and spaces aside."""
    text = heading.strip().lstrip("\ufeff").lower().replace("_", " ")
    for mark in "'`ʼ‘":
        text = text.replace(mark, "’")
    return " ".join(text.split())


def keys_of(kind: str, headings: Iterable[str]) -> list[str]:
    """What each column is; empty for one that we do not know, and for the second of the same."""
    known = {folded(name): column.key for column in COLUMNS[kind] for name in (column.key, column.uk, column.en)}
    found: list[str] = []
    for heading in headings:
        key = known.get(folded(heading), "")
        found.append("" if key in found else key)
    return found


def missing(kind: str, keys: Iterable[str]) -> list[Column]:
    """Columns without which nothing can be done."""
    there = set(keys)
    return [column for column in COLUMNS[kind] if column.needed and column.key not in there]
