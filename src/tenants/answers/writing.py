"""The form in which an answer is written: opened, read, checked."""

from collections.abc import Sequence
from uuid import UUID

from src.platform.web.forms import CONTROL, Form, Upload
from src.platform.web.here import Here
from src.tenants.answers import documents
from src.tenants.answers.documents import BYTES_AT_MOST, FILES_AT_MOST, Document, Fault
from src.tenants.answers.queries import Draft
from src.tenants.answers.words import Step, Words
from src.tenants.cities.catalogue import InLanguage

SHORT_AT_MOST = 300
BODY_AT_MOST = 10_000
STEP_AT_MOST = 300
ROWS_AT_FIRST = 3
ROWS_AT_MOST = 8
FORM_BYTES_AT_MOST = FILES_AT_MOST * BYTES_AT_MOST + 1024 * 1024
NAME_SHOWN = 80


def opened(found: Draft | None, responder_id: UUID | None, rows: int) -> Form:
    """The form as it opens: the draft, or nothing but the responder who has the appeal."""
    words = found.words if found else Words(responder_id or UUID(int=0), "", "")
    steps = [*words.steps, *[Step("")] * max(0, rows - len(words.steps))]
    return Form(
        values={
            "responder": [str(words.responder_id)],
            "short": [words.short],
            "body": [words.body],
            "do": [step.action for step in steps],
            "contact": [step.contact for step in steps],
        }
    )


def rows_of(form: Form) -> list[tuple[str, str]]:
    """Action and contact of each row, as typed."""
    actions, contacts = form.values.get("do", []), form.values.get("contact", [])
    contacts = [*contacts, *[""] * (len(actions) - len(contacts))]
    return list(zip(actions, contacts, strict=False))[:ROWS_AT_MOST]


def words_of(at: Here, known: InLanguage, form: Form, *, to_publish: bool) -> Words | None:
    """What was written; nothing when something is wrong, which the form then says. A draft may be half empty."""
    try:
        responder = known.responder.get(UUID(form.raw("responder")))
    except ValueError:
        responder = None
    if responder is None:
        form.refuse("responder", at._("Виберіть, хто відповідає"))
    short, body = form.line("short"), form.text("body")
    if to_publish and not short:
        form.refuse("short", at._("Напишіть коротку відповідь: одне-два речення, з яких усе зрозуміло"))
    limit(at, form, "short", short, SHORT_AT_MOST)
    limit(at, form, "body", body, BODY_AT_MOST)
    form.readable(("short", "body"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    steps = steps_of(at, form)
    if form.errors or responder is None:
        return None
    return Words(responder.id, short, body, tuple(steps))


def limit(at: Here, form: Form, field: str, text: str, most: int) -> None:
    """Refuse a text that is too long."""
    if len(text) > most:
        form.refuse(
            field,
            at._("Скоротіть до %(limit)s знаків, зараз %(length)s")
            % {"limit": at.language.number(most), "length": at.language.number(len(text))},
        )


def steps_of(at: Here, form: Form) -> list[Step]:
    """The filled-in rows in their order. Field ids are ``do-1``, ``contact-1`` and so on."""
    steps = []
    for number, (action, contact) in enumerate(rows_of(form), start=1):
        row = Form(values={"do": [action], "contact": [contact]})
        row.readable(("do", "contact"), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
        limit(at, row, "do", row.line("do"), STEP_AT_MOST)
        limit(at, row, "contact", row.line("contact"), STEP_AT_MOST)
        if row.line("contact") and not row.line("do"):
            row.refuse("do", at._("Напишіть, що зробити на цьому кроці"))
        for name, sentence in row.errors.items():
            form.refuse(f"{name}-{number}", sentence)
        if row.line("do"):
            steps.append(Step(row.line("do"), row.line("contact")))
    return steps


async def files_of(at: Here, form: Form, *, held: int) -> list[Document]:
    """The files that were sent, looked at; the first one that cannot be taken is refused by name."""
    taken: list[Document] = []
    uploads: Sequence[Upload] = form.uploads.get("files", [])
    if held + len(uploads) > FILES_AT_MOST:
        form.refuse("files", at._("До відповіді можна додати не більше %(limit)s файлів") % {"limit": FILES_AT_MOST})
        form.drop_uploads()
        return []
    for upload in uploads:
        with upload.file as file:
            data = file.read(BYTES_AT_MOST + 1)
        try:
            taken.append(await documents.take_in(upload.name, data))
        except documents.Refused as problem:
            name = CONTROL.sub("", upload.name)[:NAME_SHOWN]
            form.refuse("files", f"«{name}»: {fault_words(at, problem.fault)}")
    return taken


def fault_words(at: Here, fault: Fault) -> str:
    """Why a file is refused, and what to do."""
    return {
        Fault.EMPTY: at._("файл порожній, виберіть інший"),
        Fault.TOO_HEAVY: at._("файл більший за 10 МБ, зменште його"),
        Fault.OTHER_KIND: at._("це не PDF, не зображення, не DOCX і не ODT. Збережіть документ як PDF"),
        Fault.MACROS: at._("у документі є макроси. Збережіть його без них або як PDF"),
        Fault.BROKEN: at._("файл пошкоджено, збережіть його ще раз"),
    }[fault]
