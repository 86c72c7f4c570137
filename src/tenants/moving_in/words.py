"""Problems of rows and files in plain words: what is wrong and what to do."""

from typing import Any

from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.tenants.moving_in.fields import BY_KEY

PROBLEMS = {
    "empty": msgid("«%(field)s»: заповніть"),
    "too_long": msgid("«%(field)s»: скоротіть до %(limit)s знаків"),
    "bad_day": msgid("«%(field)s»: «%(text)s» не дата. Напишіть, наприклад, 03.05.2021 або 2021-05-03 14:20"),
    "future": msgid("«%(field)s»: %(text)s ще не настало. Перевірте дату"),
    "too_early": msgid("«%(field)s»: %(text)s — це до 1991 року. Перевірте дату"),
    "unknown_word": msgid("«%(field)s»: не сказано, що означає «%(text)s». Виберіть на сторінці «Що означають слова»"),
    "unknown_district": msgid("Району «%(text)s» у місті немає. Напишіть його так, як на сайті"),
    "no_place": msgid("Не знаємо, який це район. Додайте район, точку або адресу, яку знає карта міста"),
    "half_a_point": msgid("Є лише одна координата. Додайте другу або приберіть цю"),
    "bad_degrees": msgid("«%(field)s»: «%(text)s» не схоже на градуси. Напишіть, наприклад, 50.4501"),
    "swapped": msgid("Широту й довготу переставлено місцями"),
    "outside": msgid("Точка %(lat)s, %(lon)s лежить поза районами міста"),
    "answer_while_waiting": msgid("За станом відповіді немає, а текст відповіді є. Виправте щось одне"),
    "no_answer": msgid("За станом відповідь є, а тексту немає. Додайте відповідь або змініть стан"),
    "answered_before_asked": msgid("Відповіли раніше, ніж запитали. Перевірте дати"),
    "no_responder": msgid("Не сказано, хто відповів, і за правилами міста для цієї категорії відповідача немає"),
    "moved_before": msgid("Звернення № %(number)s уже перенесено раніше. Приберіть рядок"),
    "same_number": msgid("Номер %(number)s уже є в рядку %(row)s. Залиште один із них"),
    "same_row": msgid("Те саме запитання з тією самою датою вже є в рядку %(row)s"),
}
TROUBLES = {
    "broken": msgid("Файл не читається: він пошкоджений або це не CSV і не XLSX. Збережіть його ще раз і спробуйте знову"),
    "no_rows": msgid("У файлі немає жодного рядка під заголовками"),
    "too_many_rows": msgid("Забагато рядків. За раз приймаємо до %(value)s: поділіть файл"),
    "too_large_unpacked": msgid("Цей XLSX усередині завеликий. Збережіть таблицю як CSV"),
    "gone": msgid("Файлу вже немає. Надішліть його ще раз"),
    "too_many_words": msgid("«%(field)s»: у цьому стовпці понад %(value)s різних значень. Схоже, це інший стовпець"),
    "changed": msgid("Поки ви дивилися, дані на сайті змінилися. Нічого не записано; ми перевірили файл ще раз"),
    "failed": msgid("Не вдалося, тож нічого не змінено. Спробуйте ще раз, а якщо не допоможе, напишіть операторові платформи"),
    "touched": msgid(
        "Із цими зверненнями вже працювали: хтось відповів, змінив або передав одне з них. Тому скасувати перенесення не можна"
    ),
}
STATE_WORDS = {"waiting": msgid("чекає на відповідь"), "answered": msgid("є відповідь")}
PERSONAL = {
    "phone": msgid("телефон"),
    "email": msgid("електронна адреса"),
    "plate": msgid("номер авто"),
    "flat": msgid("номер квартири"),
    "name": msgid("ім’я та по батькові"),
    "card": msgid("номер картки"),
}


def sentence(at: Here, problem: list[Any]) -> str:
    """What is wrong with a row."""
    code, given = problem
    values = dict(given)
    if (field := BY_KEY.get(values.get("field", ""))) is not None:
        values["field"] = at._(field.label)
    if "limit" in values:
        values["limit"] = at.language.number(values["limit"])
    return at._(PROBLEMS[code]) % values if code in PROBLEMS else at._("Перевірте цей рядок")


def trouble(at: Here, stored: str) -> str:
    """What is wrong with a file as a whole, or what happened to it; nothing if nothing."""
    code, *values = stored.split(":")
    if code not in TROUBLES:
        return ""
    field = BY_KEY.get(values[0]) if values else None
    value = values[-1] if values else ""
    said = {"field": at._(field.label) if field else "", "value": at.language.number(int(value)) if value.isdecimal() else value}
    return at._(TROUBLES[code]) % said


def warning(at: Here, found: list[str]) -> str:
    """What looks like personal data."""
    kind, text = found
    named = PERSONAL[kind]
    return at._("Схоже на персональні дані: %(kind)s «%(text)s»") % {"kind": at._(named), "text": text}
