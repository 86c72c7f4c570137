"""Letters to an officer about questions that are addressed to them. Of a private question they say only its number."""

from src.local_officer.asking_officer.models import DirectQuestion
from src.local_officer.office_hours.words import day_words
from src.platform.web.here import Here
from src.platform.work.mail import Letter


def question(at: Here, direct: DirectQuestion, *, number: str, title: str, private: bool, late: bool) -> Letter:
    """A question has come, or its term has passed."""
    when = day_words(at.lang, direct.due_on) if direct.due_on else ""
    subject = at._("Строк відповіді на запитання {number} минув") if late else at._("Вам поставили запитання {number}")
    return Letter(
        subject=subject.format(number=number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Автор просив не публікувати цього запитання: прочитати його можна лише у вашому кабінеті.")
            if private
            else at._("Мешканець міста поставив вам запитання, і модератор його опублікував."),
            (
                at._("Відповідь мала бути до кінця дня: {when}.") if late else at._("Відповідь має бути до кінця дня: {when}.")
            ).format(when=when),
        ],
        quote=title,
        action=(at._("Відповісти"), at.absolute(f"/staff/office/questions/{direct.id}")),
        why=at._("Ви отримали цей лист, бо запитання адресоване вам як дільничному."),
    )
