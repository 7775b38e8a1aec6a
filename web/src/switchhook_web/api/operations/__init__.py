"""The operations, a file for each area."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook.administration import Administration

from ..operation import Operation
from . import (
    audit,
    calls,
    charges,
    deliveries,
    flow_drafts,
    flow_files,
    flow_publishing,
    flow_trying,
    flows,
    helping,
    installation,
    kinds,
    live,
    media,
    numbers,
    offers,
    orders,
    own,
    own_secrets,
    people,
    pins,
    plugins,
    policy,
    post,
    resources,
    spending,
    support,
    tenants,
    transfer,
    wordings,
)


def all_operations(administration: Administration) -> Sequence[Operation]:
    """Everything this installation can do, its plugins' resources included."""
    return [
        *own.operations(),
        *own_secrets.operations(),
        *kinds.operations(administration),
        *resources.operations(administration),
        *transfer.operations(administration),
        *numbers.operations(),
        *flows.operations(),
        *flow_drafts.operations(),
        *flow_publishing.operations(),
        *flow_trying.operations(),
        *flow_files.operations(),
        *calls.operations(),
        *live.operations(),
        *media.operations(),
        *charges.operations(),
        *spending.operations(),
        *people.operations(),
        *helping.operations(),
        *pins.operations(),
        *policy.operations(),
        *post.operations(),
        *wordings.operations(),
        *deliveries.operations(),
        *audit.operations(),
        *tenants.operations(),
        *offers.operations(),
        *plugins.operations(),
        *orders.operations(),
        *support.operations(),
        *installation.operations(),
    ]
