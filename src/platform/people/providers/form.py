"""The form of a provider: what an administrator typed, as it will be stored, or a sentence for each field that is wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from src.platform.people.providers.discovery import WELL_KNOWN
from src.platform.people.providers.models import IdentityProvider
from src.platform.people.providers.outward import acceptable
from src.platform.people.providers.queries import ROLES
from src.platform.web.forms import Form, email_address

SLUG = re.compile(r"^[a-z][a-z0-9-]{1,40}$")
SCOPE = re.compile(r"^[\x21\x23-\x5b\x5d-\x7e]+$")
"""RFC 6749, 3.3."""
SECRET = re.compile(r"^[\x21-\x7e]*$")
NAME_AT_MOST = 60
LINE_AT_MOST = 500
CLAIM_AT_MOST = 120
ROWS_AT_MOST = 100
FIELDS = (
    "slug", "name_uk", "name_en", "discovery_url", "client_id", "client_secret", "scopes", "claim_name", "claim_email",
    "claim_verified", "role_claim", "roles", "email_domains",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A provider as it should be. ``secret`` is none when it stays as it was."""

    slug: str
    secret: str | None
    fields: dict[str, Any]


def filled(provider: IdentityProvider | None) -> Form:
    """The form as it stands in the database; never with the secret."""
    form = Form()
    if provider is None:
        shown = {
            "scopes": "openid email profile",
            "claim_name": "name",
            "claim_email": "email",
            "claim_verified": "email_verified",
            "create": "residents",
        }
    else:
        said = provider.claims
        shown = {
            "slug": provider.slug,
            "name_uk": provider.name.get("uk", ""),
            "name_en": provider.name.get("en", ""),
            "discovery_url": provider.discovery_url,
            "client_id": provider.client_id,
            "scopes": provider.scopes,
            "claim_name": str(said.get("name", "name")),
            "claim_email": str(said.get("email", "email")),
            "claim_verified": str(said.get("verified", "email_verified")),
            "always_verified": "1" if said.get("always_verified") else "",
            "role_claim": provider.role_claim,
            "roles": "\n".join(f"{value} = {role}" for value, role in sorted(provider.roles.items())),
            "create": provider.create,
            "email_domains": ", ".join(provider.email_domains),
            "second_factor": "1" if provider.second_factor else "",
        }
    form.values = {name: [value] for name, value in shown.items()}
    return form


def read(form: Form, provider: IdentityProvider | None, _: Callable[[str], str]) -> Wanted | None:
    """What is wanted, or none when a field is wrong; the sentences are in the form then."""
    form.readable(FIELDS, _("Тут є знаки, які не вдалося прочитати. Напишіть ще раз"))
    slug = provider.slug if provider else read_slug(form, _)
    name = {
        "uk": short(form, "name_uk", NAME_AT_MOST, _("Напишіть назву, яку люди побачать на кнопці, до 60 знаків"), _),
        "en": short(form, "name_en", NAME_AT_MOST, _("Напишіть назву англійською, до 60 знаків"), _),
    }
    discovery_url = read_discovery(form, _)
    client_id = short(form, "client_id", LINE_AT_MOST, _("Напишіть ідентифікатор клієнта: його видає сервіс входу"), _)
    secret = form.raw("client_secret").strip()
    if len(secret) > LINE_AT_MOST or not SECRET.match(secret):
        form.refuse("client_secret", _("Секрет буває до 500 знаків, без пробілів і кирилиці. Скопіюйте його ще раз"))
    scopes = read_scopes(form, _)
    claims, role_claim = read_claims(form, _)
    roles = read_roles(form, _)
    create, domains = form.line("create"), read_domains(form, _)
    if create not in {"nobody", "residents", "staff"}:
        form.refuse("create", _("Виберіть, хто може увійти вперше"))
    check_together(form, _, create=create, domains=domains, role_claim=role_claim, roles=roles, claims=claims)
    if form.errors:
        return None
    fields = {
        "name": name,
        "discovery_url": discovery_url,
        "client_id": client_id,
        "scopes": scopes,
        "claims": claims,
        "role_claim": role_claim,
        "roles": roles,
        "create": create,
        "email_domains": domains,
        "second_factor": form.flag("second_factor"),
    }
    return Wanted(slug, secret or ("" if form.flag("no_secret") else None), fields)


def check_together(
    form: Form,
    _: Callable[[str], str],
    *,
    create: str,
    domains: list[str],
    role_claim: str,
    roles: dict[str, str],
    claims: dict[str, Any],
) -> None:
    """Fields that are right by themselves and wrong together; each of these would open the staff area to strangers."""
    if create == "staff" and not domains and "email_domains" not in form.errors:
        form.refuse(
            "email_domains", _("Працівники входять лише з адрес вашої установи. Напишіть її домен, наприклад kyiv.example")
        )
    if claims.get("always_verified") and not domains and "email_domains" not in form.errors:
        form.refuse("email_domains", _("Якщо сервіс сам відповідає за адреси, напишіть, з яких вони доменів"))
    if role_claim and not roles and "roles" not in form.errors:
        form.refuse("roles", _("Напишіть, яке значення дає яку роль, наприклад: vz-moderators = moderator"))
    if roles and not role_claim and "role_claim" not in form.errors:
        form.refuse("role_claim", _("Напишіть, у якому полі сервіс передає роль, наприклад groups"))
    if role_claim and create == "residents" and "create" not in form.errors:
        form.refuse("create", _("Через вхід для мешканців ролі не дають. Виберіть «Мешканці й працівники» або приберіть ролі"))


def short(form: Form, name: str, most: int, sentence: str, _: Callable[[str], str]) -> str:
    """One line that must be there and not too long."""
    value = form.line(name)
    if not value or len(value) > most:
        form.refuse(name, sentence if not value else _("Задовгий текст: можна до %(most)s знаків") % {"most": most})
    return value


def read_slug(form: Form, _: Callable[[str], str]) -> str:
    """The name in addresses; it stays for good, since the address is registered at the provider."""
    value = form.line("slug").lower()
    if not SLUG.match(value):
        form.refuse("slug", _("Напишіть коротку назву латиницею, наприклад city-id: літери, цифри й дефіс, до 41 знака"))
    return value


def read_discovery(form: Form, _: Callable[[str], str]) -> str:
    """The discovery address; the issuer's own address will do, since one follows from the other."""
    value = form.line("discovery_url")
    if value and not value.endswith(WELL_KNOWN) and "?" not in value:
        value = value.rstrip("/") + WELL_KNOWN
    if len(value) > LINE_AT_MOST or "?" in value or any(sign.isspace() for sign in value) or not acceptable(value):
        form.refuse("discovery_url", _("Напишіть адресу сервісу, що починається з https://, без знака питання й пароля в ній"))
    return value


def read_scopes(form: Form, _: Callable[[str], str]) -> str:
    """Scopes (RFC 6749, 3.3); ``openid`` is what makes it OpenID Connect."""
    scopes = form.line("scopes").split()
    if "openid" not in scopes or len(" ".join(scopes)) > LINE_AT_MOST or not all(map(SCOPE.match, scopes)):
        form.refuse("scopes", _("Напишіть дозволи через пробіл, серед них openid. Зазвичай: openid email profile"))
    return " ".join(scopes)


def read_claims(form: Form, _: Callable[[str], str]) -> tuple[dict[str, Any], str]:
    """The names of claims."""
    for name in ("claim_name", "claim_email", "claim_verified", "role_claim"):
        if len(form.line(name)) > CLAIM_AT_MOST:
            form.refuse(name, _("Задовгий текст: можна до %(most)s знаків") % {"most": CLAIM_AT_MOST})
    if not form.line("claim_email"):
        form.refuse("claim_email", _("Напишіть, у якому полі сервіс передає адресу. Зазвичай: email"))
    if not form.line("claim_verified") and not form.flag("always_verified"):
        form.refuse("claim_verified", _("Напишіть, у якому полі сервіс каже, що адресу перевірено. Зазвичай: email_verified"))
    claims = {
        "name": form.line("claim_name"),
        "email": form.line("claim_email"),
        "verified": form.line("claim_verified"),
        "always_verified": form.flag("always_verified"),
    }
    return claims, form.line("role_claim")


def read_roles(form: Form, _: Callable[[str], str]) -> dict[str, str]:
    """Which value gives which role: a line each."""
    found: dict[str, str] = {}
    rows = [row.strip() for row in form.text("roles").split("\n") if row.strip()]
    for row in rows:
        value, _sign, role = (part.strip() for part in row.rpartition("="))
        if not value or role not in ROLES or len(value) > LINE_AT_MOST or value in found:
            sentence = _(
                "Рядок «%(row)s» незрозумілий. Пишіть: значення = moderator або значення = administrator, кожне один раз"
            )
            form.refuse("roles", sentence % {"row": row[:60]})
        found[value] = role
    if len(rows) > ROWS_AT_MOST:
        form.refuse("roles", _("Забагато рядків: можна до %(most)s") % {"most": ROWS_AT_MOST})
    return found


def read_domains(form: Form, _: Callable[[str], str]) -> list[str]:
    """Domains of e-mail addresses, in the form in which addresses are stored."""
    found: list[str] = []
    for word in re.split(r"[\s,;]+", form.text("email_domains")):
        if not word:
            continue
        address = email_address("a@" + word.removeprefix("@"))
        if address is None or len(found) >= ROWS_AT_MOST:
            form.refuse(
                "email_domains", _("«%(word)s» не схоже на домен. Напишіть, наприклад: kyiv.example") % {"word": word[:60]}
            )
            continue
        found.append(address.rsplit("@", 1)[1])
    return sorted(set(found))
