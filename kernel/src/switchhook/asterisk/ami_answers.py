"""Which answer belongs to which action, and when it is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from switchhook.errors import AsteriskError

from .ami_errors import AsteriskRefused
from .ami_event import RESPONSE, AmiEvent

#: Actions answered by a list, and the event that closes it (Asterisk 22, ``manager show command NAME``).
LIST_ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BridgeInfo": "BridgeInfoComplete",
        "BridgeList": "BridgeListComplete",
        "ConfbridgeList": "ConfbridgeListComplete",
        "ConfbridgeListRooms": "ConfbridgeListRoomsComplete",
        "CoreShowChannels": "CoreShowChannelsComplete",
        "DeviceStateList": "DeviceStateListComplete",
        "PJSIPShowContacts": "ContactListComplete",
        "PJSIPShowEndpoints": "EndpointListComplete",
        "PJSIPShowRegistrationsOutbound": "OutboundRegistrationDetailComplete",
        "QueueStatus": "QueueStatusComplete",
        "QueueSummary": "QueueSummaryComplete",
        "Status": "StatusComplete",
    }
)


@attrs.define(eq=False)
class PendingAction:
    """An action on its way: collects what Asterisk answers until the answer is whole.

    ``outcome`` ends with the answer (the response, then the list's items
    without its closing event) or with the error to raise. The error is a result
    and no exception, so that an action given up by its caller leaves nothing
    unretrieved behind.
    """

    action: str
    outcome: asyncio.Future[tuple[AmiEvent, ...] | AsteriskError]
    _collected: list[AmiEvent] = attrs.field(factory=list, init=False)

    def takes(self, event: AmiEvent) -> bool:
        """Take ``event``, which carries this action's id; False leaves it to be told as an event.

        An event that answers no list (OriginateResponse carries its action's id) is never swallowed.
        """
        if event.name == RESPONSE:
            self._respond(event)
            return True
        if self.action not in LIST_ENDS or not self._collected:
            return False
        if event.name == LIST_ENDS[self.action]:
            self._end(tuple(self._collected))
        else:
            self._collected.append(event)
        return True

    def fail(self, error: AsteriskError) -> None:
        """End with ``error`` unless it has ended."""
        self._end(error)

    def _respond(self, response: AmiEvent) -> None:
        if response[RESPONSE] not in ("Success", "Goodbye"):
            said = response.get("Message") or response[RESPONSE]
            self._end(AsteriskRefused(f"Asterisk refused {self.action}: {said}", action=self.action, answer=said))
        elif self.action in LIST_ENDS:
            self._collected.append(response)
        else:
            self._end((response,))

    def _end(self, outcome: tuple[AmiEvent, ...] | AsteriskError) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)
