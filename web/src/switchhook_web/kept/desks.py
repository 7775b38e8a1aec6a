"""Where things of each area are kept, for :class:`~switchhook_web.kept.saving.Saving`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from switchhook import Wording
from switchhook.administration import (
    Account,
    Entry,
    NumberRecord,
    NumberSettings,
    OperatedTenants,
    OwnFields,
    PasswordPolicy,
    Record,
    Resources,
    Tenant,
    TenantDetails,
    TenantNumbers,
    TenantPeople,
    TenantPolicy,
    TenantWordings,
    person_of,
    read_person,
    read_settings,
    shown,
)

from .saving import Edited


@attrs.frozen
class RecordDesk:
    """One record of the tenant."""

    kept: Resources
    kind: str
    id: str

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.kept.get(self.kind, self.id))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.kept.change(self.kind, self.id, version, values))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return self.kept.read(self.kind, values)

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.kept.history(self.kind, self.id)


@attrs.frozen
class NumberDesk:
    """One number of the tenant."""

    numbers: TenantNumbers
    e164: str

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.numbers.get(self.e164))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.numbers.change(self.e164, version, {**shown(NumberSettings()), **values}))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_settings(NumberSettings, values, "number")

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.numbers.history(self.e164)


@attrs.frozen
class PersonDesk:
    """One person of the tenant."""

    people: TenantPeople
    id: str

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _person(await self.people.get(self.id))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _person(await self.people.change(self.id, version, {"grants": [], **values}))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_person(values, "account")

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.people.history(self.id)


@attrs.frozen
class OwnDesk:
    """The account of whoever asks, as far as everybody may change their own."""

    people: TenantPeople

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _own(await self.people.own())

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _own(await self.people.change_own(version, values))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_settings(OwnFields, values, "account")

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.people.history(self.people.actor.account)


@attrs.frozen
class TenantDesk:
    """One tenant, for the operator."""

    tenants: OperatedTenants
    id: str

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _tenant(await self.tenants.get(self.id))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _tenant(await self.tenants.change(self.id, version, values))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_settings(TenantDetails, values, "tenant")

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.tenants.history(self.id)


@attrs.frozen
class PolicyDesk:
    """The password policy of the tenant."""

    policy: TenantPolicy

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.policy.get())

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _record(await self.policy.change(version, {**shown(PasswordPolicy()), **values}))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_settings(PasswordPolicy, values, PasswordPolicy.kind)

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.policy.history()


@attrs.frozen
class WordingDesk:
    """The words of one mail in one language."""

    words: TenantWordings
    template: str
    language: str

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        line = await self.words.one(self.template, self.language)
        return Edited(self.template, line.version, self.template, self.read(plain(line.wording)))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        wording = Wording(str(values.get("subject", "")), str(values.get("body", "")))
        self.words.preview(self.template, wording)
        return _record(await self.words.save(self.template, self.language, wording, version))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return self.words.read({**values, "template": self.template, "language": self.language})

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.words.history(self.template, self.language)


def plain(wording: Wording) -> dict[str, object]:
    """Words of a mail as fields."""
    return {"subject": wording.subject, "body": wording.body}


def _record(record: Record | NumberRecord) -> Edited:
    return Edited(record.id, record.version, record.title, record.value)


def _person(account: Account) -> Edited:
    return Edited(account.id, account.version, account.name, person_of(account), {"state": account.state})


def _own(account: Account) -> Edited:
    own = OwnFields(name=account.name, language=account.language, theme=account.theme)
    return Edited(account.id, account.version, account.name, own)


def _tenant(tenant: Tenant) -> Edited:
    details = TenantDetails(name=tenant.name, language=tenant.language)
    return Edited(tenant.id, tenant.version, tenant.name, details, {"state": tenant.state})
