"""The rendered configuration as text, and how a set is put in place."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.asterisk.conf_write import CURRENT, previous, write
from switchhook.asterisk.fallback import NumberFallback
from switchhook.asterisk.modules import NEEDED, forbidden, modules_conf
from switchhook.asterisk.records import CDR_COLUMNS, CEL_COLUMNS
from switchhook.asterisk.render import AsteriskPaths, render
from switchhook.config import Phone, Secret, Settings, Trunk, load_settings, make_secrets
from switchhook.errors import ConfigError


@pytest.fixture
def settings(tmp_path) -> Settings:
    make_secrets(tmp_path / "data")
    file = tmp_path / "switchhook.toml"
    file.write_text(
        "[agi]\nworkers = 2\n[phones.alice]\nextension = '100'\nsecret = 'pw'\n[trunk]\nhost = '10.0.0.1'\n"
    )
    return load_settings(file, {})


def with_secret(settings: Settings, text: str) -> Settings:
    return attrs.evolve(settings, phones={"alice": Phone(extension="100", secret=Secret(text))})


def test_every_file_is_there_and_the_same_each_time(settings):
    files = render(settings)
    assert {
        "asterisk.conf",
        "modules.conf",
        "pjsip.conf",
        "rtp.conf",
        "manager.conf",
        "cel.conf",
        "cel_custom.conf",
        "cdr.conf",
        "cdr_custom.conf",
        "logger.conf",
        "features.conf",
        "musiconhold.conf",
        "extensions.conf",
    } <= set(files)
    assert files == render(settings)


@pytest.mark.parametrize(
    "text", ["a;b", "a\nb", "a\rb", "a\0b", " a", "a ", ">a", "${SHELL(id)}", "$[1+1]", "ä", "a\tb", "a\x7fb"]
)
def test_value_that_would_break_a_line_is_refused_without_being_shown(settings, text):
    with pytest.raises(ConfigError, match=r"phones\.alice\.secret") as caught:
        render(with_secret(settings, text.replace("a", "hunter2")))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["trunk.user", "trunk.secret", "ami.secret", "data_dir"])
def test_each_free_text_is_looked_at(settings, key):
    bad = "x\nexten => 1,1,System(id)"
    ringing = bad if key == "data_dir" else ""
    trunk = Trunk(
        host="h", user=bad if key == "trunk.user" else "u", secret=Secret(bad if key == "trunk.secret" else "s")
    )
    ami = attrs.evolve(settings.ami, secret=Secret(bad if key == "ami.secret" else "s"))
    with pytest.raises(ConfigError, match=key):
        render(attrs.evolve(settings, trunk=trunk, ami=ami), ringing=ringing)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=";>$"), min_size=1))
def test_printable_secret_stands_whole_in_its_line(text):
    settings = bare_settings(text)
    assert f"\npassword = {text}\n" in render(settings)["pjsip.conf"]


def bare_settings(secret: str) -> Settings:
    from pathlib import Path

    from switchhook.config import Agi, Ami, Store

    return Settings(
        data_dir=Path("/srv/x"),
        store=Store(url=Secret("sqlite+aiosqlite://")),
        agi=Agi(secret=Secret("s" * 20)),
        ami=Ami(secret=Secret("s")),
        phones={"alice": Phone(extension="100", secret=Secret(secret))},
    )


def test_nothing_listens_beyond_loopback(settings):
    files = render(settings)
    assert "bind = 127.0.0.1:5060\n" in files["pjsip.conf"]
    assert "bindaddr = 127.0.0.1\n" in files["manager.conf"]
    assert "webenabled = no\n" in files["manager.conf"]
    assert files["pjsip.conf"].count("media_address = 127.0.0.1\n") == 2
    assert files["pjsip.conf"].count("bind_rtp_to_media_address = yes\n") == 2
    assert "agi://127.0.0.1:" in files["extensions.conf"]


def test_open_to_the_world_only_when_told(settings):
    asterisk = attrs.evolve(settings.asterisk, sip_host="0.0.0.0", media_host="192.0.2.7")
    conf = render(attrs.evolve(settings, asterisk=asterisk))["pjsip.conf"]
    assert "bind = 0.0.0.0:5060\n" in conf
    assert "media_address = 192.0.2.7\n" in conf
    assert "bind_rtp_to_media_address = no\n" in conf
    without = attrs.evolve(settings.asterisk, sip_host="0.0.0.0")
    assert "media_address" not in render(attrs.evolve(settings, asterisk=without))["pjsip.conf"]


def test_only_the_carrier_is_believed(settings):
    conf = render(settings)["pjsip.conf"]
    phone, trunk = conf.partition("[alice]")[2], conf.partition("[trunk]")[2]
    assert "trust_id_inbound = no\n" in phone.partition("[trunk]")[0]
    assert "trust_id_inbound = yes\n" in trunk
    assert "match = 10.0.0.1\n" in trunk
    assert "endpoint_identifier_order = username,ip\n" in conf


def test_carrier_on_loopback_is_known_by_its_port(settings):
    conf = render(attrs.evolve(settings, trunk=Trunk(host="127.0.0.1", port=5999)))["pjsip.conf"]
    assert "match = 127.0.0.1:5999\n" in conf


def test_carrier_with_an_account_is_registered_with(settings):
    account = Trunk(host="sip.example.net", user="u1", secret=Secret("s1"))
    assert "type = registration\n" in render(attrs.evolve(settings, trunk=account))["pjsip.conf"]
    quiet = attrs.evolve(account, register=False)
    assert "type = registration\n" not in render(attrs.evolve(settings, trunk=quiet))["pjsip.conf"]
    assert "type = registration\n" not in render(settings)["pjsip.conf"]


def test_records_have_no_column_for_the_caller():
    sources = " ".join([*CEL_COLUMNS.values(), *CDR_COLUMNS.values()]).lower()
    for word in ("callerid", "clid", "src", "ani", "rdnis", "dnid", "appdata", "lastdata", "userfield"):
        assert word not in sources


def test_no_dangerous_module_is_loaded():
    assert not [module for module in NEEDED if forbidden(module)]
    assert "load = codec_g722.so\n" in modules_conf(["codec_g722.so"])
    for module in ("app_system.so", "func_curl.so", "res_http_media_cache.so", "res_ari.so", "chan_iax2.so"):
        with pytest.raises(ConfigError, match=module):
            modules_conf([module])


def test_paths_with_and_without_a_private_root(settings):
    paths = AsteriskPaths.of(settings)
    assert paths.on_host(paths.conf) == settings.data_dir / "asterisk/conf/current"
    rooted = AsteriskPaths.of(attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, root="/private/")))
    assert rooted.conf == paths.conf
    assert str(rooted.on_host(rooted.cel_spool)) == f"/private{paths.cel_spool}"


def test_set_is_written_and_linked(tmp_path):
    made = write({"a.conf": "1"}, tmp_path)
    assert (tmp_path / CURRENT / "a.conf").read_text() == "1"
    assert made == tmp_path / "1"
    assert (made / "a.conf").stat().st_mode & 0o777 == 0o600
    assert made.stat().st_mode & 0o777 == 0o700
    assert previous(tmp_path) is None


def test_previous_set_is_kept_and_older_ones_go(tmp_path):
    for text in "1234":
        write({"a.conf": text}, tmp_path)
    assert (tmp_path / CURRENT / "a.conf").read_text() == "4"
    before = previous(tmp_path)
    assert before is not None
    assert (before / "a.conf").read_text() == "3"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["3", "4", CURRENT]


def test_same_set_is_not_written_again(tmp_path):
    first = write({"a.conf": "1"}, tmp_path)
    assert write({"a.conf": "1"}, tmp_path) == first
    assert write({"a.conf": "1", "b.conf": ""}, tmp_path) != first


@pytest.mark.parametrize("step", ["symlink_to", "rename", "mkdir"])
def test_crash_leaves_the_old_set_whole(tmp_path, monkeypatch, step):
    write({"a.conf": "old", "b.conf": "old"}, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(f"pathlib.Path.{step}", _crash)
        with pytest.raises(ConfigError if step != "mkdir" else (ConfigError, OSError)):
            write({"a.conf": "new"}, tmp_path)
    assert {each.name: each.read_text() for each in (tmp_path / CURRENT).iterdir()} == {
        "a.conf": "old",
        "b.conf": "old",
    }
    write({"a.conf": "new"}, tmp_path)  # what the crash left behind is in nobody's way
    assert {each.name: each.read_text() for each in (tmp_path / CURRENT).iterdir()} == {"a.conf": "new"}


def _crash(*_args: object, **_kwargs: object) -> None:
    raise OSError("the disk is gone")


@pytest.mark.parametrize("name", ["../x.conf", "a/b.conf", "/etc/x", ".hidden", ""])
def test_name_that_is_no_plain_file_name_is_refused(tmp_path, name):
    with pytest.raises(ConfigError):
        write({name: ""}, tmp_path / "conf")


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "49x"},
        {"number": "1234567890123456"},
        {"number": ""},
        {"number": "1", "sound": "../x"},
        {"number": "1", "sound": "a&b"},
        {"number": "1", "sound": "http://x/y"},
        {"number": "1", "sound": "a,b"},
        {"number": "1", "kind": "ring", "target": ""},
        {"number": "1", "kind": "ring", "target": "PJSIP/1@elsewhere"},
        {"number": "1", "kind": "ring", "target": "PJSIP/alice&Local/1@x"},
        {"number": "1", "kind": "ring", "target": "PJSIP/1;x@trunk"},
        {"number": "1", "ring_seconds": 0},
    ],
)
def test_fallback_that_cannot_stand_in_the_dialplan_is_refused(wrong):
    with pytest.raises(ConfigError):
        NumberFallback(**wrong)
