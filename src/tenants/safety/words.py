"""How the pages of reports say things."""

from src.platform.web.here import Here

REASONS = ("personal", "offensive", "false", "other")


def reason_words(at: Here) -> dict[str, str]:
    """Why something should not be public."""
    return {
        "personal": at._("Тут чиїсь особисті дані"),
        "offensive": at._("Це образливо або цькує когось"),
        "false": at._("Це неправда або обман"),
        "other": at._("Інше"),
    }


def part_words(at: Here) -> dict[str, str]:
    """What of an appeal a report is about."""
    return {"question": at._("Запитання"), "answer": at._("Відповідь"), "photo": at._("Фото")}
