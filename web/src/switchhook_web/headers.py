"""What every answer says to the browser about what it may do with it."""

from __future__ import annotations

from typing import Final

from quart import Response, current_app, request

CSP: Final = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",  # small pictures within Tabler's style sheet
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HSTS: Final = "max-age=31536000"


async def protect(response: Response) -> Response:
    """Add the headers; pages are not kept by browsers or proxies, as they are different for each who asks."""
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if current_app.extensions["administration"].settings.web.url.startswith("https://"):
        headers["Strict-Transport-Security"] = HSTS
    if "Server" in headers:
        del headers["Server"]
    if request.method == "HEAD":
        headers.pop("Set-Cookie", None)
    return response
