"""Letters to whoever asked, one for each thing that happens to their question."""

from src.platform.web.here import Here
from src.platform.work.mail import Letter
from src.tenants.appeals.models import Appeal
from src.tenants.subscriptions.queries import PublishedAnswer
from src.tenants.subscriptions.story import Story, author_link, confirm_link, public_link


def why_author(at: Here, appeal: Appeal) -> str:
    """Why they got the letter."""
    if appeal.number is None:
        return at._("Ви отримали цей лист, бо поставили запитання й вказали цю адресу.")
    return at._("Ви отримали цей лист, бо поставили запитання {number}.").format(number=appeal.number)


def asked(story: Story) -> Letter:
    """Please confirm."""
    at = story.author_at()
    return Letter(
        subject=at._("Підтвердьте своє запитання"),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ви поставили запитання на сайті «Взаємодія». Підтвердьте його, і воно піде до модератора міста."),
        ],
        quote_label=at._("Ваше запитання:"),
        quote=story.submission.title,
        action=(at._("Підтвердити запитання"), confirm_link(at, story.appeal.id)),
        after=[
            at._("Посилання діє 7 днів. Якщо не підтвердите запитання, ми його видалимо."),
            at._("Якщо ви нічого не запитували, нічого не робіть: хтось помилково вказав вашу адресу."),
        ],
        why=at._("Ви отримали цей лист, бо хтось вказав цю адресу, коли ставив запитання."),
    )


def confirmed(story: Story) -> Letter:
    """Your number, your page."""
    at = story.author_at()
    return Letter(
        subject=at._("Ваше запитання {number}").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Запитання підтверджено. Його номер: {number}.").format(number=story.appeal.number),
            at._(
                "Модератор міста прочитає його й опублікує на карті, поверне вам із поясненням або приєднає до такого"
                " самого. Ми напишемо вам про це."
            ),
        ],
        quote_label=at._("Ви запитали:"),
        quote=story.submission.title,
        action=(at._("Відкрити сторінку запитання"), author_link(at, story.appeal.id)),
        after=[
            at._("Це ваша особиста сторінка: там видно, що відбувається із запитанням. Не передавайте посилання іншим."),
            at._("За законом відповідь дають за 15 днів, а якщо треба розібратися докладніше — за 30."),
        ],
        why=why_author(at, story.appeal),
    )


def rejected(story: Story) -> Letter:
    """Why it came back, and how to send it again."""
    at = story.author_at()
    return Letter(
        subject=at._("Запитання {number} треба виправити").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[at._("Модератор міста прочитав ваше запитання й поки що не опублікував його.")],
        quote_label=at._("Чому:"),
        quote=str(story.words.get("reason", "")),
        action=(at._("Виправити й надіслати ще раз"), author_link(at, story.appeal.id)),
        after=[at._("Номер запитання залишиться той самий. Нічого писати заново не треба: ваш текст уже у формі.")],
        why=why_author(at, story.appeal),
    )


def merged(story: Story, target: Appeal, stop: str) -> Letter:
    """Somebody asked the same before; they follow that question now."""
    at = story.author_at()
    return Letter(
        subject=at._("Ваше запитання приєднали до {number}").format(number=target.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Про це вже запитали, тому модератор міста приєднав ваше запитання до такого самого."),
            at._("Тепер ви стежите за ним: щойно з’явиться відповідь, ми напишемо вам."),
        ],
        quote_label=at._("Запитання {number}:").format(number=target.number),
        quote=target.title,
        action=(at._("Прочитати це запитання"), public_link(at, target)),
        also=(at._("Ваша сторінка запитання"), author_link(at, story.appeal.id)),
        why=why_author(at, story.appeal),
        stop=stop,
    )


def published(story: Story) -> Letter:
    """Everybody sees it now."""
    at = story.author_at()
    changed = [at._("Модератор змінив текст: прибрав зайве або особисте. Так його бачать усі:")]
    return Letter(
        subject=at._("Запитання {number} опубліковано").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ваше запитання на карті міста: його бачать усі. Тепер воно чекає на відповідь."),
            *(changed if story.event.data.get("edited") else []),
        ],
        quote=story.appeal.title,
        action=(at._("Переглянути запитання"), public_link(at, story.appeal)),
        also=(at._("Ваша сторінка запитання"), author_link(at, story.appeal.id)),
        why=why_author(at, story.appeal),
    )


def routed(story: Story, name_to: str) -> Letter:
    """To whom it went."""
    at = story.author_at()
    return Letter(
        subject=at._("Запитання {number} передали на відповідь").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Модератор міста передав ваше запитання {whom}.").format(whom=name_to),
            at._("За законом відповідь дають за 15 днів, а якщо треба розібратися докладніше — за 30."),
            at._("Щойно відповідь опублікують, ми напишемо вам."),
        ],
        quote=story.appeal.title,
        action=(at._("Відкрити сторінку запитання"), author_link(at, story.appeal.id)),
        why=why_author(at, story.appeal),
    )


def answered(story: Story, answer: PublishedAnswer, name: str) -> Letter:
    """The short answer, what to do next, and what if it is not solved."""
    at = story.author_at()
    return Letter(
        subject=at._("Є відповідь на запитання {number}").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ви запитали: «{title}»").format(title=story.appeal.title),
            at._("Хто відповів: {name}.").format(name=name),
        ],
        quote_label=at._("Коротко:"),
        quote=answer.short,
        steps_label=at._("Що робити далі:"),
        steps=answer.steps,
        action=(at._("Прочитати всю відповідь"), public_link(at, story.appeal)),
        after=[at._("Якщо відповідь не допомогла, напишіть, що саме не так, і запитання відкриють знову.")],
        also=(at._("Питання не вирішено?"), author_link(at, story.appeal.id)),
        why=why_author(at, story.appeal),
    )


def withdrawn(story: Story) -> Letter:
    """As you wished."""
    at = story.author_at()
    number = story.appeal.number
    return Letter(
        subject=at._("Ви забрали запитання {number}").format(number=number) if number else at._("Ви забрали запитання"),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Ваше запитання не опублікують, і відповідати на нього не будуть."),
            at._("Якщо передумаєте, поставте його знову."),
        ],
        quote_label=at._("Ви запитали:"),
        quote=story.submission.title,
        action=(at._("Поставити запитання"), at.absolute("/ask")),
        why=why_author(at, story.appeal),
    )


def entrusted(story: Story) -> Letter:
    """It was passed on, and nobody else reads it."""
    at = story.author_at()
    return Letter(
        subject=at._("Запитання {number} передали без публікації").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[
            at._("Як ви просили, ваше запитання не опублікували: його прочитає лише той, кому воно адресоване."),
            at._("Щойно буде відповідь, ми напишемо вам."),
        ],
        action=(at._("Відкрити сторінку запитання"), author_link(at, story.appeal.id)),
        why=why_author(at, story.appeal),
    )


def settled(story: Story) -> Letter:
    """There is an answer, for its author alone."""
    at = story.author_at()
    return Letter(
        subject=at._("Є відповідь на запитання {number}").format(number=story.appeal.number),
        greeting=at._("Добрий день!"),
        paragraphs=[at._("Відповідь бачите лише ви, за посиланням нижче.")],
        action=(at._("Прочитати відповідь"), author_link(at, story.appeal.id)),
        after=[at._("Якщо питання лишилося, там само можна написати про це.")],
        why=why_author(at, story.appeal),
    )
