"""OpenID Connect: authorization code with PKCE (RFC 7636), and an id token that is checked as OpenID Connect Core 3.1.3.7 says."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from src.platform.people.providers.discovery import Known, about, keys_of
from src.platform.people.providers.kinds import Attempt, Declined, ProviderLies, Terms, Vouched, claim, kind
from src.platform.people.providers.outward import client, fetch, word

LEEWAY = timedelta(seconds=60)
"""How far clocks may be apart."""
SUBJECT_AT_MOST = 255
DECLINED = frozenset(
    {"access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"}
)


@kind("oidc")
class OpenIdConnect:
    """A provider that says of itself what OpenID Connect Discovery asks for."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    async def begin(self, attempt: Attempt) -> str:
        """The authorization request (OpenID Connect Core, 3.1.2.1)."""
        known = await self.known()
        anew = {"prompt": "login"} if known.asks_anew else {"max_age": "0"}
        async with client(
            self.terms.client_id,
            "",
            scope=self.terms.scopes,
            redirect_uri=attempt.back,
            code_challenge_method="S256",
        ) as opened:
            address, _ = opened.create_authorization_url(
                known.authorization,
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
                ui_locales=attempt.language,
                **(anew if attempt.fresh else {}),
            )
        return str(address)

    async def finish(self, answer: Mapping[str, str], attempt: Attempt, *, now: datetime) -> Vouched:
        """Exchange the code for an id token, check it, and ask for the claims that it does not have."""
        known = await self.known()
        check_who_answers(known, answer)
        if "error" in answer:
            said = word(answer["error"])
            raise Declined(said) if said in DECLINED else ProviderLies(f"refused: {said}")
        if not answer.get("code"):
            raise ProviderLies("it sent no code")
        async with client(
            self.terms.client_id,
            self.terms.client_secret,
            redirect_uri=attempt.back,
            token_endpoint_auth_method="client_secret_post" if known.secret_in_form and self.terms.client_secret else None,
        ) as opened:
            token = await self.exchanged(opened, known, answer["code"], attempt)
            claims = await self.checked(known, token, attempt, now)
            missing = any(name and claim(claims, name) is None for name in self.names())
            if missing and known.userinfo:
                more = await fetch(opened, known.userinfo, with_token=True)
                if more.get("sub") != claims["sub"]:
                    raise ProviderLies("its userinfo is of somebody else")
                claims = {**more, **claims}
        return self.vouched(claims)

    async def check(self) -> None:
        """Whether it answers and says of itself what it should, keys included."""
        await keys_of(await about(self.terms.city_id, self.terms.discovery_url, anew=True))

    async def leave(self, back: str) -> str:
        """RP-initiated logout, without a hint of who it was: the provider asks them itself."""
        known = await self.known()
        if not known.end_session:
            return ""
        asked = [("client_id", self.terms.client_id), ("post_logout_redirect_uri", back)]
        return str(add_params_to_uri(known.end_session, asked))

    async def known(self) -> Known:
        """What the provider says of itself."""
        return await about(self.terms.city_id, self.terms.discovery_url)

    async def exchanged(self, opened: Any, known: Known, code: str, attempt: Attempt) -> Mapping[str, Any]:  # noqa: ANN401
        """The token endpoint's answer."""
        try:
            token: Mapping[str, Any] = await opened.fetch_token(
                known.token, grant_type="authorization_code", code=code, code_verifier=attempt.verifier
            )
        except (ValueError, TypeError, AttributeError) as problem:  # not JSON, or JSON of another shape
            raise ProviderLies("its token answer cannot be read") from problem
        return token

    async def checked(self, known: Known, token: Mapping[str, Any], attempt: Attempt, now: datetime) -> dict[str, Any]:
        """The claims of the id token, after every check."""
        value = token.get("id_token")
        if not isinstance(value, str) or not value.isascii():
            raise ProviderLies("it sent no id token")
        try:
            keys = await keys_of(known)
            try:
                found = verified(value, keys, known)
            except InvalidKeyIdError:
                found = verified(value, await keys_of(known, unknown=True), known)
            claims: dict[str, Any] = found.claims
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=int(LEEWAY.total_seconds()),
                iss={"essential": True, "value": known.issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self.terms.client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": attempt.nonce},
            ).validate(claims)
        except JoseError as problem:
            raise ProviderLies(f"its id token: {problem.error}{claim_named(problem)}") from problem
        except (ValueError, TypeError, KeyError) as problem:
            raise ProviderLies("its id token cannot be read") from problem
        self.check_more(claims, attempt)
        check_access_token(claims, token.get("access_token"), str(found.header["alg"]))
        return claims

    def check_more(self, claims: Mapping[str, Any], attempt: Attempt) -> None:
        """What is not a value to compare with: the authorized party, times before the attempt, the subject's length."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.terms.client_id) != self.terms.client_id:
            raise ProviderLies("its id token: azp")
        earliest = (attempt.begun_at - LEEWAY).timestamp()
        if claims["iat"] < earliest:
            raise ProviderLies("its id token: iat")
        shown_at = claims.get("auth_time")
        if attempt.fresh and isinstance(shown_at, int | float) and shown_at < earliest:
            raise ProviderLies("its id token: auth_time")
        if not claims["sub"] or len(claims["sub"]) > SUBJECT_AT_MOST or "\x00" in claims["sub"]:
            raise ProviderLies("its id token: sub")

    def names(self) -> tuple[str, str, str]:
        """Which claims hold the name, the e-mail and whether it was verified."""
        said = self.terms.claims
        verified_in = "" if said.get("always_verified") else str(said.get("verified", "email_verified"))
        return str(said.get("name", "name")), str(said.get("email", "email")), verified_in

    def vouched(self, claims: Mapping[str, Any]) -> Vouched:
        """Whom the claims are about."""
        name_in, email_in, verified_in = self.names()
        name, email = claim(claims, name_in), claim(claims, email_in)
        methods = claims.get("amr")
        return Vouched(
            subject=claims["sub"],
            email=email if isinstance(email, str) else "",
            email_verified=not verified_in or claim(claims, verified_in) in (True, "true"),
            name=name if isinstance(name, str) else "",
            claims=claims,
            second_factor=isinstance(methods, list) and "mfa" in methods,
        )


def verified(value: str, keys: KeySet, known: Known) -> jwt.Token:
    """The token, when one of the provider's keys signed it with a signature that the provider offers."""
    return jwt.decode(value, keys, algorithms=known.algorithms)


def claim_named(problem: JoseError) -> str:
    """Which claim was wrong: its name, never its value."""
    return f" ({problem.claim})" if hasattr(problem, "claim") else ""


def check_who_answers(known: Known, answer: Mapping[str, str]) -> None:
    """RFC 9207: another provider's answer must not be taken for this one's (mix-up)."""
    said = answer.get("iss")
    if said != known.issuer and (said is not None or known.names_itself):
        raise ProviderLies("the answer is another provider's")


def check_access_token(claims: Mapping[str, Any], access_token: object, algorithm: str) -> None:
    """OpenID Connect Core 3.1.3.8: the access token that came along is the one the id token was made with."""
    if "at_hash" not in claims:
        return
    expected = create_half_hash(str(access_token), "EdDSA" if algorithm.startswith("Ed") else algorithm)
    if not expected or not compare_digest(expected, str(claims["at_hash"]).encode()):
        raise ProviderLies("its id token: at_hash")
