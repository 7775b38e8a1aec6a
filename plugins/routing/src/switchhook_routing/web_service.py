"""Programs elsewhere that decide about calls or are told of them, as administrators keep them."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Label, Problem, Resource, setting


@attrs.frozen
class WebService(Resource):
    """Where a program is asked, and the secret by which it knows who asks."""

    kind = "web-service"
    label = Label("Webdienst", "Web service")
    plural = Label("Webdienste", "Web services")
    help = Label(
        "Ein Programm, das über Anrufe entscheidet oder von ihnen erfährt.",
        "A program that decides about calls, or is told of them.",
    )
    icon = "cloud"

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("ein Name mit 1 bis 80 Zeichen", "a name of 1 to 80 characters"),
    )
    url: str = setting(
        "text",
        "Adresse",
        "Address",
        pattern=r"https?://[^\s@]{1,400}",
        shape=Label("eine Adresse wie https://example.org/calls", "an address such as https://example.org/calls"),
        help=Label("Im Internet; am besten mit https.", "On the Internet; best with https."),
    )
    secret: str = setting(
        "text",
        "Geheimnis",
        "Secret",
        default="",
        secret=True,
        help=Label(
            "Damit ist jede Anfrage unterschrieben, wie bei Webhooks (HMAC-SHA256).",
            "Each request is signed with it, as webhooks are (HMAC-SHA256).",
        ),
    )

    def check(self) -> Iterator[Problem]:
        """A secret that is one."""
        if self.secret and len(self.secret) < 16:
            yield Problem("secret", "the secret has fewer than 16 characters")
