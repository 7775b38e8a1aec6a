"""The manager account Switchhook needs: the least that suffices.

What manager.conf must say, tried on Asterisk 22.10.1 (the renderer takes it from
``MANAGER_READ``, ``MANAGER_WRITE`` and ``MANAGER_EVENTS``)::

    [general]
    enabled = yes
    webenabled = no
    bindaddr = 127.0.0.1
    [switchhook]
    secret = ...
    deny = 0.0.0.0/0.0.0.0
    permit = 127.0.0.1/255.255.255.255
    read = system,call
    write = call,originate,reporting
    eventfilter(action(include),name(NAME)) =        ; one line for each of MANAGER_EVENTS

``read=system`` is needed for FullyBooted, which Asterisk tells nobody else; the
event filter takes away the rest of that class. ``write=reporting`` is the least
that permits CoreStatus and CoreShowChannels (``call`` does not), ``call`` permits
Hangup, Redirect, Setvar and Status, ``originate`` Originate. None of these
permits Command, GetConfig, UpdateConfig, ModuleLoad or Reload; the UserEvent
action would need ``write=user``, which nothing uses.
"""

from __future__ import annotations

from typing import Final

#: The classes of events and actions the manager account has, no more.
MANAGER_READ: Final = "system,call"
MANAGER_WRITE: Final = "call,originate,reporting"
#: The only events Asterisk is to send: one ``eventfilter(action(include),name(...)) =`` line each.
MANAGER_EVENTS: Final = (
    "FullyBooted",
    "Shutdown",
    "Newchannel",
    "Newstate",
    "Rename",
    "DialBegin",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "Hangup",
    "OriginateResponse",
)
