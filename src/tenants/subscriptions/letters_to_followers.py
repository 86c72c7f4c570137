"""Letters to people who follow somebody else's question. They know of it only what everybody knows."""

from src.platform.web.here import Here
from src.platform.work.mail import Letter
from src.tenants.appeals.models import Appeal
from src.tenants.subscriptions.queries import PublishedAnswer
from src.tenants.subscriptions.story import public_link


def confirm_following(at: Here, appeal: Appeal, link: str) -> Letter:
    """Was it you?"""
    return Letter(
        subject=at._("Стежити за зверненням {number}?").format(number=appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[at._("Підтвердьте, що хочете отримувати листи про це звернення.")],
        quote=appeal.title,
        action=(at._("Стежити за зверненням"), link),
        after=[at._("Якщо ви про це не просили, нічого не робіть: без вашої згоди ми не писатимемо.")],
        why=at._("Ви отримали цей лист, бо хтось вказав цю адресу на сторінці звернення {number}.").format(number=appeal.number),
    )


def why_follower(at: Here, appeal: Appeal) -> str:
    """Why they got the letter."""
    return at._("Ви отримали цей лист, бо стежите за зверненням {number}.").format(number=appeal.number)


def answered(at: Here, appeal: Appeal, answer: PublishedAnswer, name: str, stop: str) -> Letter:
    """The question they follow turned green."""
    return Letter(
        subject=at._("Є відповідь на звернення {number}").format(number=appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("З’явилася відповідь на звернення, за яким ви стежите: «{title}»").format(title=appeal.title),
            at._("Хто відповів: {name}.").format(name=name),
        ],
        quote_label=at._("Коротко:"),
        quote=answer.short,
        steps_label=at._("Що робити далі:"),
        steps=answer.steps,
        action=(at._("Прочитати всю відповідь"), public_link(at, appeal)),
        why=why_follower(at, appeal),
        stop=stop,
    )


def reopened(at: Here, appeal: Appeal, stop: str) -> Letter:
    """Not solved after all."""
    return Letter(
        subject=at._("Звернення {number} знову чекає на відповідь").format(number=appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Автор звернення повідомив, що питання не вирішено, тому його відкрили знову."),
            at._("Щойно з’явиться нова відповідь, ми напишемо вам."),
        ],
        quote=appeal.title,
        action=(at._("Відкрити звернення"), public_link(at, appeal)),
        why=why_follower(at, appeal),
        stop=stop,
    )
