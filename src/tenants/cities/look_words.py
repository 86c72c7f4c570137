"""What a form says of a colour, a crest and a text of a page."""

from collections.abc import Iterable

from src.platform.web.here import Here
from src.tenants.cities.contrast import Checked, ColourFault, Mark, Pair, Theme, Use
from src.tenants.cities.crest import PngFault
from src.tenants.cities.markdown import TextTooLong
from src.tenants.cities.svg import SvgFault, TakenOut
from src.tenants.cities.svg_allowed import Removed

NAMES_AT_MOST = 5
"""Names of unknown things in one line."""


def refusal_words(at: Here, code: str) -> str:
    """Why a colour, a crest or a text is not taken, and what to do; nothing for a code that we do not know."""
    words: dict[str, str] = {
        ColourFault.EMPTY: at._("Виберіть колір"),
        ColourFault.NOT_HEX: at._("Напишіть колір шістьма знаками після #, наприклад #1d4e89"),
        PngFault.EMPTY: at._("Файл порожній. Виберіть інший"),
        PngFault.OTHER_KIND: at._("Це не SVG і не PNG. Збережіть герб в одному з цих форматів"),
        PngFault.TOO_HEAVY: at._("Файл PNG більший за 4 МБ. Зменште зображення: досить 512 точок заввишки"),
        PngFault.TOO_LARGE: at._("У зображенні понад 16 мільйонів точок. Зменште його: досить 512 точок заввишки"),
        PngFault.BROKEN: at._("Файл PNG пошкоджений або обірваний. Збережіть його ще раз і надішліть знову"),
        SvgFault.TOO_HEAVY: at._("Файл SVG більший за 200 КБ. Спростіть малюнок або збережіть герб як PNG"),
        SvgFault.NOT_UTF8: at._("Файл SVG записано не в кодуванні UTF-8. Збережіть його в UTF-8"),
        SvgFault.BROKEN: at._("Файл SVG пошкоджений або обірваний. Збережіть його ще раз і надішліть знову"),
        SvgFault.NOT_SVG: at._("Це не малюнок SVG, хоч файл і схожий на нього. Збережіть герб як SVG або PNG"),
        SvgFault.ENTITIES: at._("У файлі SVG є власні визначення (DOCTYPE). Збережіть його як «звичайний SVG»"),
        SvgFault.TOO_MANY: at._("У малюнку понад 5000 частин. Спростіть його або збережіть герб як PNG"),
        SvgFault.TANGLED: at._(
            "Частини малюнка надто багато разів повторюють одна одну. Спростіть його або збережіть герб як PNG"
        ),
        SvgFault.NO_SIZE: at._("У малюнку не вказано розмір. Додайте viewBox або ширину й висоту"),
        SvgFault.NOTHING_DRAWN: at._(
            "У файлі немає ліній і фігур, які можна показати. Якщо всередині фото або картинка, збережіть герб як PNG"
        ),
        TextTooLong.code: at._("Текст довший за 50 000 знаків. Скоротіть його або поділіть на дві сторінки"),
    }
    return words.get(code, "")


def accent_words(at: Here, checked: Checked, theme: Theme) -> str:
    """Why an accent is refused, and the colour that is offered; nothing when it passes."""
    if checked.worst is None:
        return ""
    known = {"colour": checked.colour, "nearest": checked.nearest}
    if theme is Theme.LIGHT:
        return at._("Колір %(colour)s погано видно у світлому вигляді. Найближчий, що підходить: %(nearest)s") % known
    return at._("Колір %(colour)s погано видно в темному вигляді. Найближчий, що підходить: %(nearest)s") % known


def failures_words(at: Here, checked: Checked) -> list[str]:
    """Where an accent cannot be told apart, the worst pair of each use, each in one line with its ratio."""
    worst: dict[Use, Pair] = {}
    for pair in checked.failures:
        if pair.use not in worst or pair.ratio < worst[pair.use].ratio:
            worst[pair.use] = pair
    return [pair_words(at, pair) for pair in worst.values()]


def pair_words(at: Here, pair: Pair) -> str:
    """Which two colours are too much alike, and by how much."""
    where = {
        Use.LINK: at._("Посилання на тлі сторінки: контраст %(ratio)s, а треба щонайменше %(needed)s"),
        Use.BUTTON: at._("Напис на кнопці: контраст %(ratio)s, а треба щонайменше %(needed)s"),
        Use.ASK: at._("Білий текст у великому полі для запитання: контраст %(ratio)s, а треба щонайменше %(needed)s"),
        Use.CHOSEN: at._("Текст на вибраному рядку: контраст %(ratio)s, а треба щонайменше %(needed)s"),
        Use.PART: at._("Смужка поступу: контраст %(ratio)s, а треба щонайменше %(needed)s"),
        Use.MAP: at._("Лінії та позначки на карті: контраст %(ratio)s, а треба щонайменше %(needed)s"),
    }[pair.use]
    comma = "," if at.lang == "uk" else "."
    return where % {"ratio": pair.shown.replace(".", comma), "needed": f"{pair.needed:g}".replace(".", comma)}


def like_a_mark_words(at: Here, mark: Mark | None) -> str:
    """A warning that does not stop anybody: the accent may be taken for a mark; nothing when it cannot."""
    return {
        None: "",
        Mark.WAITING: at._(
            "Колір можна зберегти, але він майже такий, як червона позначка «чекає на відповідь». Їх можуть сплутати на карті"
        ),
        Mark.ANSWERED: at._(
            "Колір можна зберегти, але він майже такий, як зелена позначка «є відповідь». Їх можуть сплутати на карті"
        ),
    }[mark]


def taken_out_words(at: Here, taken_out: Iterable[TakenOut]) -> list[str]:
    """What was left out of a drawing, a line for each kind; traces of editors, which nobody sees, are not told of."""
    kinds: dict[Removed, list[str]] = {}
    for item in taken_out:
        kinds.setdefault(item.what, []).append(item.name)
    words = {
        Removed.SCRIPT: at._("програмний код"),
        Removed.EVENT: at._("дії, що запускають програмний код"),
        Removed.FOREIGN: at._("вставлені сторінки та інші чужі елементи"),
        Removed.OUTSIDE: at._("посилання на інші файли й сайти"),
        Removed.IMAGE: at._("вставлені фото й картинки"),
        Removed.ANIMATION: at._("анімацію"),
        Removed.FILTER: at._("ефекти: тіні, розмиття, світло"),
        Removed.STYLE: at._("складні стилі, які ми не вміємо перенести: %(names)s"),
        Removed.OTHER: at._("те, чого ми не знаємо: %(names)s"),
    }
    shown = {kind: ", ".join(dict.fromkeys(names[:NAMES_AT_MOST])) for kind, names in kinds.items()}
    return [words[kind] % {"names": shown[kind]} if "%(" in words[kind] else words[kind] for kind in kinds if kind in words]


def taken_out_heading(at: Here) -> str:
    """What stands above the lines of :func:`taken_out_words`."""
    return at._("Герб збережено. З файлу ми прибрали:")
