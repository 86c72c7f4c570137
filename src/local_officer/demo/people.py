"""Made-up people: names as they sound here, phones that nobody can have."""

import random
from dataclasses import dataclass

MEN = (
    "Андрій Богдан Василь Віталій Владислав Володимир Дмитро Євген Ігор Кирило Максим Микола Назар Олександр "
    "Олексій Олег Павло Роман Сергій Станіслав Тарас Юрій Ярослав Артем Остап "
)
"""In a text: a list of a hundred names would be a hundred lines."""
WOMEN = (
    "Аліна Анастасія Вікторія Ганна Дарина Ірина Катерина Леся Людмила Марина Марія Наталія Оксана Олена Ольга "
    "Світлана Соломія Тетяна Юлія Яна "
)
SURNAMES = (
    "Бабенко Бондар Бойчук Бутенко Василенко Вакуленко Гаврилюк Гайдук Гнатюк Гончар Гриценко Гуменюк Данилюк "
    "Дем’яненко Дзюба Дорошенко Дяченко Єременко Забуга Захарчук Іваненко Калініченко Карпенко Кириленко Клименко "
    "Коваленко Козак Колісник Кравчук Кравець Лук’яненко Лисенко Литвиненко Мазур Макаренко Марченко Мартинюк "
    "Мельничук Мороз Москаленко Назаренко Нечипоренко Оліфіренко Олійник Онищенко Павлюк Панасюк Петренко Пилипенко "
    "Поліщук Приходько Романюк Рудь Савенко Семенюк Сидоренко Скляр Соловей Степаненко Стецюк Сушко Тарасенко "
    "Терещенко Тимошенко Ткачук Третяк Федоренко Харченко Хоменко Цимбал Черненко Чумак Шаповал Швець Шевчук Шульга "
    "Щербина Юрченко Яковенко Яремчук Яценко "
)
BY_SEX = (("Вишневський", "Вишневська"), ("Яворський", "Яворська"), ("Заболотний", "Заболотна"), ("Левицький", "Левицька"))
FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y", "і": "i",
    "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "’": "", "ю": "iu", "я": "ia",
}  # fmt: skip
CODES = {"kyiv": "44", "poltava": "532", "mykolaiv": "512", "ternopil": "352"}
"""Area codes without the nought."""
RANKS = ("lieutenant", "senior_lieutenant", "captain", "captain", "major", "junior_lieutenant", "lieutenant_colonel")
LANGUAGES = (["uk"], ["uk"], ["uk"], ["uk", "en"], ["uk", "en"], ["uk", "pl"], ["uk", "en", "de"], ["uk", "usl"], ["uk", "ro"])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    uk: str
    en: str

    def address(self, slug: str) -> str:
        """An e-mail address of theirs at a domain that cannot be (RFC 2606)."""
        return f"{self.en.lower().replace(' ', '.')}@police.{slug}.example"


def latin(text: str) -> str:
    """Ukrainian in Latin letters, by resolution 55 of the Cabinet of Ministers (2010)."""
    return " ".join(word_in_latin(word) for word in text.split())


def word_in_latin(word: str) -> str:
    """One word."""
    low = word.lower().replace("зг", "zgh")
    found = FIRST.get(low[0], LATIN.get(low[0], low[0])) + "".join(LATIN.get(letter, letter) for letter in low[1:])
    return found[:1].upper() + found[1:] if word[0].isupper() else found


def people(count: int, chance: random.Random) -> list[Person]:
    """So many different people."""
    men, women = MEN.split(), WOMEN.split()
    pairs = [(first, surname) for first in [*men, *women] for surname in SURNAMES.split()]
    pairs += [(first, pair[first in women]) for first in [*men, *women] for pair in BY_SEX]
    return [Person(f"{first} {surname}", latin(f"{first} {surname}")) for first, surname in chance.sample(pairs, count)]


def phone(slug: str, number: int) -> str:
    """A number that cannot be: numbers within a city never begin with a nought."""
    code = CODES[slug]
    return f"+380{code}0{number:0{8 - len(code)}d}"
