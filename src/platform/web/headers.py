"""Security headers of every response."""

from functools import lru_cache
from urllib.parse import urlsplit

from src.platform.web.here import Here


@lru_cache(maxsize=256)
def _basemap_origin(settings_url: str) -> str:
    parts = urlsplit(settings_url.replace("{", "").replace("}", ""))
    return f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else ""


def basemap_url(at: Here) -> str:
    """The address of the basemap that pages of this host show: the city's own, the deployment's, or none."""
    options = at.city.options if at.city else None
    if options is None or options.basemap == "deployment":
        return at.settings.basemap_url
    return "" if options.basemap == "none" else options.basemap_url


def content_policy(basemap_url: str, nonce: str) -> str:
    """Scripts, styles and workers from our own address or with this page's nonce; maps may load the basemap from its origin."""
    basemap = _basemap_origin(basemap_url)
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src 'self' data: blob:{basemap}; connect-src 'self'{basemap}; font-src 'self'; worker-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def security_headers(at: Here) -> list[tuple[bytes, bytes]]:
    """Headers that a response gets unless it set them itself. The location may be asked for where a place is."""
    location = "(self)" if at.path.startswith(("/ask", "/office")) or at.path == "/" else "()"
    found = [
        ("content-security-policy", content_policy(basemap_url(at), at.nonce)),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", f"geolocation={location}, camera=(), microphone=(), payment=(), usb=()"),
        ("x-request-id", at.request_id),
    ]
    if at.path.startswith("/api/"):  # public data: pages of other sites may read it, never with a cookie of ours
        found += [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET"),
            ("access-control-allow-headers", "if-none-match"),
            ("access-control-expose-headers", "etag"),
        ]
    if at.settings.public_scheme == "https":
        found.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
    return [(key.encode(), value.encode()) for key, value in found]
