"""Which parts of Asterisk run: those a call needs, and never those that reach a shell, a URL or the world."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from switchhook.asterisk.conf_text import file_text
from switchhook.errors import ConfigError

NEEDED: Final = (
    # what everything stands on
    "res_timing_timerfd.so",
    "res_timing_pthread.so",
    "res_sorcery_config.so",
    "res_sorcery_memory.so",
    "res_sorcery_astdb.so",
    "res_pjproject.so",
    "res_speech.so",  # res_agi is linked against it
    "res_agi.so",
    "res_cdrel_custom.so",
    "res_musiconhold.so",
    "res_rtp_asterisk.so",
    # SIP
    "res_pjsip.so",
    "res_pjsip_session.so",
    "res_pjsip_sdp_rtp.so",
    "res_pjsip_authenticator_digest.so",
    "res_pjsip_outbound_authenticator_digest.so",
    "res_pjsip_outbound_registration.so",
    "res_pjsip_endpoint_identifier_ip.so",
    "res_pjsip_endpoint_identifier_user.so",
    "res_pjsip_registrar.so",
    "res_pjsip_caller_id.so",
    "res_pjsip_nat.so",
    "res_pjsip_dtmf_info.so",
    "res_pjsip_diversion.so",
    "res_pjsip_header_funcs.so",
    "res_pjsip_rfc3326.so",
    "res_pjsip_path.so",
    "res_pjsip_pubsub.so",  # chan_pjsip will not start without it
    # lamps on phones
    "res_pjsip_mwi.so",
    "res_pjsip_mwi_body_generator.so",
    "res_pjsip_outbound_publish.so",  # res_pjsip_exten_state is linked against it; nothing is published
    "res_pjsip_exten_state.so",
    "res_pjsip_dialog_info_body_generator.so",
    "app_minivm.so",  # for MinivmMWI alone: its own mails are sent by /bin/false
    "chan_pjsip.so",
    # voice
    "codec_ulaw.so",
    "codec_alaw.so",
    "codec_a_mu.so",
    "codec_resample.so",
    "format_pcm.so",
    "format_sln.so",
    "format_wav.so",
    "bridge_simple.so",
    "bridge_native_rtp.so",
    "bridge_softmix.so",
    "bridge_holding.so",
    "bridge_builtin_features.so",
    # the dialplan
    "pbx_config.so",
    "app_confbridge.so",
    "app_dial.so",
    "app_playback.so",
    "app_read.so",
    "app_record.so",
    "app_mixmonitor.so",  # never with a command to run afterwards
    "app_controlplayback.so",
    "app_softhangup.so",
    "app_stack.so",
    "app_celgenuserevent.so",
    "app_channelredirect.so",
    "func_base64.so",
    "func_callerid.so",
    "func_channel.so",
    "func_cut.so",
    "func_devstate.so",
    "func_global.so",
    "func_groupcount.so",
    "func_logic.so",
    "func_rand.so",
    "func_timeout.so",
    # records
    "func_strings.so",  # CSV_QUOTE, which Asterisk before 22.10 calls for every column
    "func_cdr.so",
    "cdr_custom.so",
    "cel_custom.so",
)

_FORBIDDEN: Final = re.compile(
    r"(app_(system|exec|externalivr|disa|originate|dictate|sms|jack|festival|stasis\w*)"
    r"|func_(shell|curl|env|aes|odbc|realtime|evalexten|config|db|lock)"
    r"|res_(curl|http_\w+|ari\w*|config_\w+|clioriginate|stasis\w*|prometheus|phoneprov|snmp|xmpp|websocket_client)"
    r"|chan_(iax2|unistim|motif|console|websocket|audiosocket|rtp)"
    r"|pbx_(dundi|realtime|spool|lua|ael|loopback))\.so"
)
"""SEC08. ``pbx_spool`` places a call for every file in a directory; ``func_evalexten`` evaluates once more."""


def forbidden(module: str) -> bool:
    """Whether ``module`` must not run beside the portal."""
    return bool(_FORBIDDEN.fullmatch(module))


def modules_conf(extra: Sequence[str] = ()) -> str:
    """The text of modules.conf: nothing but :data:`NEEDED` and ``extra``.

    Raises ConfigError for an extra module that is dangerous.
    """
    for module in extra:
        if forbidden(module):
            raise ConfigError(
                f"asterisk.extra_modules: {module} reaches a shell, a URL or the world, and is never loaded",
                key="asterisk.extra_modules",
            )
    wanted = dict.fromkeys([*NEEDED, *extra])
    return file_text("[modules]\nautoload = no\n" + "".join(f"load = {module}\n" for module in wanted))
