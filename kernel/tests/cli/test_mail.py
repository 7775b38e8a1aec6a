"""``switchhook mail`` and what doctor says of mail."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.smtp import SMTP
from click.testing import CliRunner, Result

from switchhook.access.actor import SYSTEM
from switchhook.cli.main import group
from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.portal.diagnosis.mail_checks import mail as mail_check
from switchhook.portal.keys import installation_key
from switchhook.post.outbox import Post
from switchhook.post.template import MailTemplates
from switchhook.resources.seal import Seal
from switchhook.store.engine import Store

LINK = "https://portal.example/set-password/abc"


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    make_secrets(tmp_path)
    shutil.copyfile(sqlite_template, tmp_path / "switchhook.db")
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path))
    return file


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["--config", str(file), "mail", *arguments])


def put(settings: Settings) -> int:
    async def work() -> int:
        store = Store(settings.store.url.reveal())
        post = Post(store, SystemClock(), Seal(installation_key(settings.data_dir, "seal")), MailTemplates.of(()))
        async with store.write() as conn:
            number = await post.send(
                conn, tenant="main", to="kim@example.org", template="invitation", values={"link": LINK}, language="de"
            )
        assert (await post.of("main", SYSTEM).mail(number)).state == "queued"
        await store.close()
        return number

    return asyncio.run(work())


def test_what_waits_can_be_listed_and_read(file: Path) -> None:
    number = put(load_settings(file, {}))
    (row,) = json.loads(run(file, "list", "--json").output)
    assert (row["id"], row["state"], row["recipient"]) == (number, "queued", "kim@example.org")
    assert "abc" not in run(file, "list").output
    assert LINK in run(file, "show", str(number)).output
    assert run(file, "list", "--tenant", "other").output == "There is no such mail.\n"
    assert run(file, "show", "4711").exit_code == 1
    assert "waits to be sent" in run(file, "resend", str(number)).output


def test_without_settings_for_mail_doctor_warns_and_a_test_says_what_is_missing(file: Path) -> None:
    (check,) = mail_check(load_settings(file, {}))
    assert (check.state, "none gets out" in check.found) == ("warn", True)
    assert "there is no [mail]" in run(file, "send-test", "kim@example.org").output


def test_a_test_mail_says_what_the_server_answered(file: Path) -> None:
    loop, ready, port = asyncio.new_event_loop(), [], []

    class Picky:
        async def handle_RCPT(self, _s, _n, envelope, address, _o):  # noqa: N802
            if address.startswith("no"):
                return "550 5.1.1 no such user"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _s, _n, envelope):  # noqa: N802
            ready.append(envelope.rcpt_tos[0])
            return "250 taken"

    async def serve() -> None:
        server = await loop.create_server(lambda: SMTP(Picky(), hostname="mail.example", loop=loop), "127.0.0.1", 0)
        port.append((server, server.sockets[0].getsockname()[1]))

    loop.run_until_complete(serve())
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        server, number = port[0]
        with file.open("a") as more:
            more.write(f'\n[mail]\nhost = "127.0.0.1"\nport = {number}\ntls = "none"\nsender = "p@example.org"\n')
        (check,) = mail_check(load_settings(file, {}))
        assert check.state == "ok"
        sent, refused = run(file, "send-test", "kim@example.org"), run(file, "send-test", "no@example.org")
        assert (sent.output, sent.exit_code) == ("sent: taken\n", 0)
        assert (refused.output, refused.exit_code) == ("bounced: 550 5.1.1 no such user\n", 1)
        assert ready == ["kim@example.org"]
        loop.call_soon_threadsafe(server.close)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    (check,) = mail_check(load_settings(file, {}))
    assert check.state == "fail"
