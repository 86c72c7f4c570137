"""Problems of rows and files in plain words: what is wrong and what to do."""

from typing import Any

from src.local_officer.exchange.columns import COLUMNS
from src.platform.web.here import Here
from src.platform.web.i18n import msgid

KIND_WORDS = {
    "beats": msgid("Дільниці"),
    "officers": msgid("Дільничні"),
    "streets": msgid("Вулиці дільниць"),
    "hours": msgid("Години прийому"),
}
WHAT_WORDS = {"new": msgid("нове"), "changed": msgid("зміна"), "same": msgid("без змін")}
PROBLEMS = {
    "no_shape": msgid("Немає меж: додайте контур дільниці"),
    "not_an_area": msgid("Межі мають бути Polygon або MultiPolygon, а тут «%(type)s»"),
    "bad_coordinates": msgid("Координати не читаються: перевірте, чи кожна точка — два числа, а контур замкнений"),
    "too_detailed": msgid("У контурі понад %(limit)s точок. Спростіть його"),
    "self_crossing": msgid("Межа перетинає сама себе біля %(lat)s, %(lon)s. Виправте контур у цьому місці"),
    "invalid": msgid("Контур неправильний біля %(lat)s, %(lon)s. Перевірте, чи отвори лежать усередині дільниці"),
    "not_degrees": msgid("Координати не в градусах. Збережіть файл у системі WGS 84 (EPSG:4326)"),
    "swapped": msgid("Широту й довготу переставлено місцями: у GeoJSON перша — довгота"),
    "slash": msgid("У номері дільниці не може бути скісної риски: він стане частиною адреси сторінки"),
    "outside": msgid("Виходить за межі міста: %(lat)s, %(lon)s"),
    "overlap_row": msgid("Накладається на дільницю № %(beat)s з рядка %(row)s: спільна площа %(area)s м²"),
    "overlap_beat": msgid("Накладається на дільницю № %(beat)s, яка вже є на сайті: спільна площа %(area)s м²"),
    "duplicate": msgid("Те саме вже є в рядку %(row)s. Залиште один із них"),
    "companion": msgid("Зачекає, доки виправите рядок %(row)s: вони приймаються лише разом"),
    "empty": msgid("«%(column)s»: заповніть"),
    "too_long": msgid("«%(column)s»: скоротіть до %(limit)s знаків"),
    "unknown_beat": msgid("Дільниці № %(beat)s на сайті немає. Перевірте номер або спочатку додайте її"),
    "unknown_officer": msgid("Офіцера з жетоном %(code)s на сайті немає. Перевірте номер або спочатку додайте офіцера"),
    "unknown_station": msgid("Підрозділу «%(station)s» на сайті немає. Напишіть його код або точну назву"),
    "unknown_word": msgid("«%(column)s»: не знаємо слова «%(text)s». Візьміть слово з пояснення стовпця"),
    "unknown_language": msgid("Не знаємо мови «%(text)s». Напишіть її код, наприклад uk"),
    "bad_phone": msgid("«%(text)s» не схоже на номер телефону. Приклади: 044 555 12 34, +380 67 123 45 67, 102"),
    "bad_email": msgid("«%(email)s» не схоже на електронну адресу"),
    "bad_time": msgid("«%(column)s»: «%(text)s» не час. Напишіть, наприклад, 17:00"),
    "bad_day": msgid("«%(column)s»: «%(text)s» не дата. Напишіть, наприклад, 15.01.2027"),
    "over": msgid("Ці години закінчилися %(text)s. Приберіть рядок"),
    "too_many_hours": msgid("Понад %(limit)s рядків годин одного офіцера"),
    "hours_end_before_start": msgid("Кінець має бути пізніше за початок"),
    "hours_curfew": msgid("У цей час комендантська година: від %(begin)s до %(end)s"),
    "hours_no_place": msgid("Напишіть, де приймає: підрозділ або місце"),
    "hours_two_places": msgid("Залиште щось одне: підрозділ або місце"),
    "hours_place_too_long": msgid("Скоротіть місце до %(limit)s знаків"),
    "hours_overlap": msgid("Накладається на інші години цього офіцера: %(starts)s–%(ends)s, уперше %(day)s"),
    "hours_last_before_first": msgid("Останній день раніше за перший"),
    "hours_past": msgid("Цей день уже минув"),
    "hours_too_far": msgid("Це понад десять років наперед. Перевірте дату"),
}
TROUBLES = {
    "broken": msgid("Файл не читається: він пошкоджений або це не CSV і не XLSX. Збережіть його ще раз і спробуйте знову"),
    "broken_json": msgid("Це не GeoJSON, або файл обірваний. Збережіть його ще раз і спробуйте знову"),
    "no_features": msgid("У файлі немає жодного об’єкта. Потрібен GeoJSON типу FeatureCollection"),
    "no_rows": msgid("У файлі немає жодного рядка під заголовками"),
    "missing_column": msgid("Бракує стовпців: %(value)s. Візьміть заголовки з нашого шаблону"),
    "too_many_rows": msgid("Забагато рядків. За раз приймаємо до %(value)s: поділіть файл"),
    "too_large_unpacked": msgid("Цей XLSX усередині завеликий. Збережіть таблицю як CSV"),
    "gone": msgid("Файлу вже немає. Надішліть його ще раз"),
    "changed": msgid("Поки ви дивилися, дані на сайті змінилися. Нічого не записано; ми перевірили файл ще раз"),
}


def sentence(at: Here, kind: str, problem: list[Any]) -> str:
    """What is wrong with a row."""
    code, given = problem
    heading = {column.key: column.uk if at.language.code == "uk" else column.en for column in COLUMNS[kind]}
    values = {name: heading.get(text, text) if name == "column" else text for name, text in given.items()}
    return at._(PROBLEMS[code]) % values if code in PROBLEMS else at._("Перевірте цей рядок")


def trouble(at: Here, stored: str) -> str:
    """What is wrong with a file as a whole, or what happened to it; nothing if nothing."""
    code, _, value = stored.partition(":")
    return at._(TROUBLES[code]) % {"value": value} if code in TROUBLES else ""
