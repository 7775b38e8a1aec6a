from __future__ import annotations

import attrs
import pytest

from switchhook import hookspecs
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.spec import specs_in
from switchhook.post.outbox import Post
from switchhook.post.template import MailTemplates
from switchhook.resources.mail_template import kept_wording, mail_wording_of
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping
from switchhook.schema import Kinds, SettingsRefused
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store

OWN = {"template": "test", "language": "de", "subject": "Unser Test", "body": "Um {at}."}


@pytest.fixture
async def keeping(store: Store, clock: SetClock) -> Keeping:
    hooks = Dispatcher(specs_in(hookspecs), {}, Breaker(clock, lambda _: None))
    kinds = Kinds(Resource, [("switchhook", mail_wording_of(MailTemplates.of(())))])
    await Directory(store, clock).put_tenant(Tenant("acme", "Acme", clock.now()))
    await Directory(store, clock).put_tenant(Tenant("other", "Other", clock.now()))
    return Keeping(store, clock, kinds, hooks, Audit(b"k" * 32), Seal(b"s" * 32))


async def test_a_tenants_own_words_are_used_until_they_are_in_the_trash(keeping: Keeping, post: Post) -> None:
    post = attrs.evolve(post, custom=kept_wording)
    acme = keeping.of("acme", SYSTEM)
    record = await acme.create("mail-template", OWN)
    assert record.id == "test-de"

    async def subject(tenant: str, language: str) -> str:
        async with post.store.read() as conn:
            return (await post.wording(conn, tenant, "test", language)).subject

    assert await subject("acme", "de") == "Unser Test"
    assert await subject("acme", "en") == await subject("other", "en") == "Test mail from Switchhook"
    assert await subject("other", "de") == "Testmail von Switchhook"
    await acme.delete("mail-template", record.id, record.version)
    assert await subject("acme", "de") == "Testmail von Switchhook"


async def test_words_that_cannot_be_sent_are_refused_at_their_field(keeping: Keeping) -> None:
    acme = keeping.of("acme", SYSTEM)
    for wrong, path in (
        ({"body": "{password}"}, "body"),
        ({"template": "tset"}, "template"),
        ({"subject": "a\nb"}, "subject"),
    ):
        with pytest.raises(SettingsRefused) as refused:
            await acme.create("mail-template", OWN | wrong)
        assert [one.path for one in refused.value.problems] == [f"mail-template.{path}"]
