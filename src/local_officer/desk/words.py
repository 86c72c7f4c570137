"""What a page of the desk says after something was done."""

from src.platform.web.here import Here


def done_words(at: Here, what: str) -> str:
    """The sentence for a ``done`` of an address; nothing for one that we do not know."""
    words = {
        "confirmed": at._("Дякуємо! На сторінці тепер сьогоднішня дата підтвердження."),
        "hours": at._("Години змінено. Мешканці вже бачать нові."),
        "hours.moved": at._("Години змінено. Відвідувачам, яких це стосується, ми написали."),
        "hours.called_off": at._("Години змінено. Тим, хто записався на скасований час, ми написали й запропонували інший."),
        "absence": at._("Відсутність додано. Мешканці вже бачать її."),
        "absence.moved": at._("Відсутність додано. Відвідувачам написали, хто їх прийме."),
        "absence.called_off": at._("Відсутність додано. Тим, хто записався на ці дні, ми написали й запропонували інший час."),
        "back": at._("Відсутність прибрано."),
        "announced": at._("Оголошення на сторінці."),
        "taken_back": at._("Прибрано."),
        "contacts": at._("Контакти змінено."),
        "visit": at._("Прийом скасовано. Людині ми написали."),
        "photo": at._("Фото змінено."),
        "saved": at._("Збережено."),
        "invited": at._("Запрошення надіслано."),
        "revoked": at._("Доступ закрито."),
        "left": at._("Записано. Дільниці звільнено, доступ закрито."),
        "assigned": at._("Дільницю закріплено."),
        "unassigned": at._("Дільницю відкріплено."),
    }
    return words.get(what, "")
