"""The form of a category: what the row holds, what was typed, what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from src.platform.web.forms import Form
from src.platform.web.here import Here
from src.tenants.cities.extra import KINDS, ExtraQuestion, Kind
from src.tenants.cities.models import PRECISIONS, Category
from src.tenants.cities.spelling import one_apostrophe

LANGUAGES = ("uk", "en")
NAME_AT_MOST = 60
HINT_AT_MOST = 160
GUIDANCE_AT_MOST = 4000
STEP_AT_MOST = 300
STEPS_AT_MOST = 10
QUESTIONS_AT_MOST = 8
CHOICES_AT_MOST = 20
LABEL_AT_MOST = 160
KEYWORDS_AT_MOST = 60
ICONS = ("car", "road", "sign", "sound", "dog", "tree", "lamp", "house", "shop", "scales", "shield", "people", "water", "dots")
COLOURS = ("blue", "navy", "teal", "violet", "plum", "brown", "ochre", "grey")
"""Names of colours that the style sheets know; none is near the red and the green of the marks."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A category as the form has it, ready to be stored: columns of its row and who answers by default."""

    columns: dict[str, Any]
    responder_id: UUID | None


def of_category(row: Category, responder_id: UUID | None) -> Form:
    """What the row holds."""
    form = Form()
    for name in ("name", "hint", "whose", "call_102_when"):
        for language in LANGUAGES:
            form.values[f"{name}_{language}"] = [getattr(row, name).get(language, "").strip()]
    for language in LANGUAGES:
        form.values[f"now_{language}"] = ["\n".join(row.now.get(language, []))]
    form.values |= {
        "parent": [str(row.parent_id or "")],
        "icon": [row.icon],
        "colour": [row.colour],
        "precision": [row.precision],
        "emergency": ["1" if row.emergency else ""],
        "sensitive": ["1" if row.sensitive else ""],
        "keywords": [", ".join(row.keywords)],
        "responder": [str(responder_id or "")],
    }
    asked = [ExtraQuestion.of(each) for each in row.questions]
    form.values |= {
        "q_key": [each.key for each in asked],
        "q_kind": [each.kind for each in asked],
        "q_required": [each.key for each in asked if each.required],
    }
    for language in LANGUAGES:
        form.values[f"q_label_{language}"] = [each.label.get(language, "") for each in asked]
    form.values["q_choices"] = ["\n".join(line_of(words) for words in (each.choices or {}).values()) for each in asked]
    return form


def line_of(words: Mapping[str, str]) -> str:
    """A choice on a line: «Так | Yes»."""
    return f"{words.get('uk', '')} | {words['en']}" if words.get("en") else words.get("uk", "")


def question_rows(form: Form) -> list[dict[str, str]]:
    """The rows of extra questions as typed, with two more to fill in; a new row brings its key along."""
    columns = ["q_key", "q_kind", "q_label_uk", "q_label_en", "q_choices"]
    values = [form.values.get(name, []) for name in columns]
    count = min(max(map(len, values), default=0), QUESTIONS_AT_MOST)
    rows = [{name: found[n] if n < len(found) else "" for name, found in zip(columns, values, strict=True)} for n in range(count)]
    rows = [row for row in rows if row["q_label_uk"] or row["q_label_en"] or row["q_choices"]]
    blank = {"q_kind": "text", "q_label_uk": "", "q_label_en": "", "q_choices": ""}
    return rows + [blank | {"q_key": f"q{uuid4().hex[:8]}"} for _ in range(min(2, QUESTIONS_AT_MOST - len(rows)))]


def read_category(
    form: Form, at: Here, *, parents: set[UUID], responders: set[UUID], taken: set[str], has_below: bool = False
) -> Typed:
    """The category as it would be stored; what is wrong the form says.

    ``parents`` are headings it may stand under, ``taken`` names of the others in lower case.
    """
    columns: dict[str, Any] = {
        "name": pair(form, "name", at, NAME_AT_MOST),
        "hint": pair(form, "hint", at, HINT_AT_MOST),
        "whose": pair(form, "whose", at, GUIDANCE_AT_MOST, line=False),
        "call_102_when": pair(form, "call_102_when", at, GUIDANCE_AT_MOST, line=False),
        "now": {language: steps(form, at, f"now_{language}") for language in LANGUAGES},
        "emergency": form.flag("emergency"),
        "sensitive": form.flag("sensitive"),
        "precision": form.line("precision"),
        "icon": form.line("icon"),
        "colour": form.line("colour"),
        "keywords": keywords(form, at),
        "questions": [each.data() for each in questions(form, at)],
    }
    if not columns["name"]["uk"]:
        form.refuse("name_uk", at._("Напишіть назву теми"))
    elif columns["name"]["uk"].lower() in taken:
        form.refuse("name_uk", at._("Тема з такою назвою вже є"))
    columns["parent_id"] = chosen(form, "parent", parents, at._("Виберіть розділ зі списку"))
    if columns["parent_id"] is not None and has_below:
        form.refuse("parent", at._("У цієї теми є підтеми, тож вона сама — розділ. Рівнів лише два"))
    if columns["precision"] not in PRECISIONS:
        form.refuse("precision", at._("Виберіть, наскільки точно показувати місце"))
    elif columns["sensitive"] and columns["precision"] != "district":
        form.refuse("precision", at._("Чутлива тема не показує точного місця. Виберіть «лише район»"))
    if columns["icon"] not in {"", *ICONS}:
        form.refuse("icon", at._("Виберіть значок зі списку"))
    if columns["colour"] not in {"", *COLOURS}:
        form.refuse("colour", at._("Виберіть колір зі списку"))
    if not columns["emergency"] and not columns["whose"]["uk"] and not has_below:
        form.refuse("whose_uk", at._("Поясніть, чия це справа: це головне, що людина тут дізнається"))
    if columns["emergency"] and not columns["call_102_when"]["uk"]:
        form.refuse("call_102_when_uk", at._("Напишіть, коли телефонувати 102: запитань ця тема не приймає"))
    return Typed(columns, chosen(form, "responder", responders, at._("Виберіть відповідача зі списку")))


def pair(form: Form, name: str, at: Here, most: int, *, line: bool = True) -> dict[str, str]:
    """Words in both languages."""
    found = {}
    for language in LANGUAGES:
        field = f"{name}_{language}"
        words = form.line(field) if line else form.text(field)
        if len(words) > most:
            form.refuse(field, at._("Скоротіть до %(limit)s знаків") % {"limit": at.language.number(most)})
        found[language] = words
    form.readable((f"{name}_{language}" for language in LANGUAGES), at._("Частину знаків не вдалося прочитати. Перевірте текст"))
    return found


def steps(form: Form, at: Here, name: str) -> list[str]:
    """What to do now, a step a line."""
    found = [" ".join(line.split()) for line in form.text(name).split("\n") if line.strip()]
    if len(found) > STEPS_AT_MOST:
        form.refuse(name, at._("Залиште не більше 10 кроків: довших списків не читають"))
    if any(len(step) > STEP_AT_MOST for step in found):
        form.refuse(name, at._("Крок має вміститися у 300 знаків. Поділіть довгий на два"))
    return found


def keywords(form: Form, at: Here) -> list[str]:
    """Words by which the topic is suggested; commas or lines between them."""
    found = sorted({one_apostrophe(" ".join(word.split())).lower() for word in re.split(r"[,;\n]", form.text("keywords"))} - {""})
    if len(found) > KEYWORDS_AT_MOST or any(len(word) > NAME_AT_MOST for word in found):
        form.refuse("keywords", at._("До 60 слів через кому, кожне до 60 знаків"))
    return found


def chosen(form: Form, name: str, among: set[UUID], sentence: str) -> UUID | None:
    """An id of a list, or none."""
    typed = form.line(name)
    if not typed:
        return None
    try:
        found = UUID(typed)
    except ValueError:
        found = None
    if found not in among:
        form.refuse(name, sentence)
        return None
    return found


def questions(form: Form, at: Here) -> list[ExtraQuestion]:
    """Extra questions: rows with words; each of its kind."""
    found: list[ExtraQuestion] = []
    required = set(form.all("q_required"))
    for row in question_rows(form):
        label = {"uk": " ".join(row["q_label_uk"].split()), "en": " ".join(row["q_label_en"].split())}
        if not label["uk"]:
            if label["en"] or row["q_choices"].strip():
                form.refuse("questions", at._("Напишіть додаткове запитання українською або приберіть рядок"))
            continue
        if max(map(len, label.values())) > LABEL_AT_MOST:
            form.refuse(
                "questions", at._("Додаткове запитання має вміститися у 160 знаків: «%(words)s…»") % {"words": label["uk"][:40]}
            )
        key = row["q_key"] if re.fullmatch(r"[a-z][a-z0-9-]{0,30}", row["q_key"]) else f"q{uuid4().hex[:8]}"
        kind = cast("Kind", row["q_kind"])
        if kind not in KINDS:
            form.refuse("questions", at._("Виберіть, якою буде відповідь на «%(words)s»") % {"words": label["uk"][:40]})
        choices = choices_of(row["q_choices"]) if kind == "choice" else None
        if kind == "choice" and len(choices or {}) < 2:  # noqa: PLR2004
            form.refuse(
                "questions",
                at._("Для «%(words)s» потрібні хоча б дві відповіді, кожна з нового рядка") % {"words": label["uk"][:40]},
            )
        if choices and (len(choices) > CHOICES_AT_MOST or any(len(words["uk"]) > LABEL_AT_MOST for words in choices.values())):
            form.refuse("questions", at._("До 20 відповідей, кожна до 160 знаків: «%(words)s»") % {"words": label["uk"][:40]})
        found.append(ExtraQuestion(key, kind, label, row["q_key"] in required, choices))
    return found


def choices_of(typed: str) -> dict[str, dict[str, str]]:
    """Choices, one a line, «українською | англійською»; the Ukrainian words are the key, so that order may change."""
    found = {}
    for line in typed.replace("\r", "").split("\n"):
        uk, _, en = (part.strip() for part in line.partition("|"))
        if uk:
            found[uk[:LABEL_AT_MOST]] = {"uk": uk, "en": en}
    return found
