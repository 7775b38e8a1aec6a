from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from switchhook import Label, MailTemplate, Placeholder, Wording
from switchhook.errors import PluginError
from switchhook.post.mail import Mail
from switchhook.post.message import message_of
from switchhook.post.template import KERNEL_TEMPLATES, MailTemplates

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
EVIL = "Kim\r\nBcc: victim@example.org\r\n\r\n<script>alert('x')</script>\u2028\x00 & co"
MAIL = Mail(
    1, "acme", "kim@exämple.org", "alert", "de", "Hotline ↯", "queued", 0, "", "<t@switchhook>", NOW, NOW, None, True
)


@pytest.mark.parametrize("template", KERNEL_TEMPLATES, ids=lambda one: one.name)
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_kernels_mails_say_everything_they_can(template: MailTemplate, language: str) -> None:
    assert list(template.problems()) == []
    letter = template.wording(language).written({name: f"value-of-{name}" for name in template.placeholders})
    missing = [name for name in template.placeholders if f"value-of-{name}" not in letter.subject + letter.text]
    assert missing == []
    assert "{" not in letter.subject + letter.text + letter.html


def test_what_people_wrote_into_names_forges_no_header_and_no_markup() -> None:
    letter = Wording("Hallo {name}", "Hallo {name},\n\n{link}\n{text}").written(
        {"name": EVIL, "link": 'https://x.example/?a=1&b="2', "text": "https://y.example/?a=1&b=2"}
    )
    message = message_from_bytes(message_of(MAIL, letter, "portal@example.org").as_bytes(), policy=default)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Hallo Kim Bcc: victim@example.org")
    assert [name for name in message if name.lower() in ("subject", "to", "from")] == ["From", "To", "Subject"]
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert '<a href="https://y.example/?a=1&amp;b=2">https://y.example/?a=1&amp;b=2</a>' in html
    assert 'b="2"' not in html
    assert "\n\n<script>" not in message.get_body(("plain",)).get_content()


def test_a_mail_has_the_headers_receivers_sort_by() -> None:
    letter = Wording("Größe", "x").written({})
    message = message_from_bytes(message_of(MAIL, letter, "portal@example.org").as_bytes(), policy=default)
    assert message["X-Switchhook-Routing"] == "Hotline ↯"
    assert message["Message-ID"] == "<t@switchhook>"
    assert message["To"] == "kim@xn--exmple-cua.org"
    assert message["Subject"] == "Größe"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("subject", "body", "problem"),
    [
        ("Hello {nmae}", "x", "subject: there is no placeholder {nmae} here (did you mean 'name'?)"),
        ("Hello", "{link} {zzz}", "body: there is no placeholder {zzz} here; known are name, link"),
        ("two\nlines", "x", "subject: must be one line of text"),
        (" ", "x", "subject: must be one line of text"),
        ("x", " ", "body: must not be empty"),
    ],
)
def test_a_wording_that_cannot_be_sent_is_told_at_its_field(subject: str, body: str, problem: str) -> None:
    assert [f"{one.path}: {one.message}" for one in Wording(subject, body).problems(["name", "link"])] == [problem]


def test_braces_that_are_no_placeholder_are_braces() -> None:
    assert Wording("{ok}", "{ } {A} {{ok}}").written({"ok": "1"}).text == "{ } {A} {1}\n"


def test_two_templates_of_one_name_stop_the_start() -> None:
    mine = MailTemplate(
        "fax",
        Label("Fax", "Fax"),
        {"n": Placeholder(Label("N", "N"))},
        dict.fromkeys(("de", "en"), Wording("a", "{n}")),
    )
    assert MailTemplates.of([("a", mine)])["fax"] is mine
    with pytest.raises(PluginError, match="'a' and 'b' both bring the mail template 'fax'"):
        MailTemplates.of([("a", mine), ("b", mine)])
