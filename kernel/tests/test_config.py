"""The settings file: defaults, overrides, and how mistakes are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchhook.config import Secret, default_toml, load_settings, make_secrets
from switchhook.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    make_secrets(tmp_path / "data")

    def load(text: str = "", **environ: str):
        file = tmp_path / "switchhook.toml"
        file.write_text(text)
        return load_settings(file, environ)

    return load


def test_empty_file_means_the_defaults(load, tmp_path):
    settings = load()
    assert settings.data_dir == tmp_path / "data"
    assert settings.store.url.reveal() == f"sqlite+aiosqlite:///{tmp_path}/data/switchhook.db"
    assert settings.agi.ports == (4573,)
    assert (settings.agi.host, settings.ami.host, settings.asterisk.sip_host) == ("127.0.0.1",) * 3
    assert settings.trunk is None
    assert settings.phones == {}
    assert len(settings.agi.secret.reveal()) >= 32
    assert settings.agi.secret != settings.ami.secret


def test_written_file_is_understood(tmp_path):
    file = tmp_path / "switchhook.toml"
    data_dir = tmp_path / 'da"ta\\ äß'
    make_secrets(data_dir)
    file.write_text(default_toml(data_dir, root="/r", systemname="b2", language="de", agi_port=4700, rtp_start=10200))
    settings = load_settings(file, {})
    assert settings.data_dir == data_dir
    assert settings.asterisk.root == "/r"
    assert settings.asterisk.systemname == "b2"
    assert settings.portal.language == "de"
    assert settings.agi.ports == (4700,)


def test_commented_lines_of_the_written_file_are_true(tmp_path):
    """Every default shown is a setting that exists, with the value it has."""
    make_secrets(tmp_path)
    text = default_toml(tmp_path)
    plain = load_file(tmp_path / "plain.toml", text)
    shown = [
        re.sub(r"^# (?=[a-z_]+ = )", "", line)
        for line in text.partition("# [phones")[0].splitlines()
        if "postgresql" not in line and "..." not in line
    ]
    assert load_file(tmp_path / "shown.toml", "\n".join(shown)) == plain


def load_file(file: Path, text: str):
    file.write_text(text)
    return load_settings(file, {})


def test_sections(load):
    settings = load(
        """
        [agi]
        workers = 3
        port = 4600
        [phones.alice]
        extension = "100"
        secret = "s1"
        caller_id = "+4930100"
        [trunk]
        host = "sip.example.net"
        user = "u"
        secret = "s2"
        [plugins]
        disabled = ["ivr"]
        [plugin.mailbox]
        anything = { goes = [1, "x"] }
        """
    )
    assert settings.agi.ports == (4600, 4601, 4602)
    assert settings.phones["alice"].caller_id == "+4930100"
    assert settings.trunk.secret.reveal() == "s2"
    assert settings.plugins.disabled == ("ivr",)
    assert settings.plugin.sections == {"mailbox": {"anything": {"goes": [1, "x"]}}}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dat_dir = 'x'", "there is no setting 'dat_dir' (did you mean 'data_dir'?)"),
        ("[agi]\nworker = 2", "there is no setting 'agi.worker' (did you mean 'workers'?)"),
        ("[asterix]", "there is no setting 'asterix' (did you mean 'asterisk'?)"),
        ("[phones.a]\nextention='1'", "there is no setting 'phones.a.extention' (did you mean 'extension'?)"),
        ("agi = 3", "agi: expected a table, found a whole number"),
        ("phones = ['a']", "phones: expected a table, found a list"),
        ("[phones]\na = 'x'", "phones.a: expected a table, found a text"),
        ("[agi]\nport = '4573'", "agi.port: expected a whole number, found a text"),
        ("[agi]\nport = true", "agi.port: expected a whole number, found true or false"),
        ("[agi]\nhost = 1", "agi.host: expected a text, found a whole number"),
        ("[trunk]\nhost = 'h'\nregister = 1", "trunk.register: expected true or false, found a whole number"),
        ("[trunk]\nport = 5060", "trunk.host: missing"),
        ("[plugins]\norder = 'ivr'", "plugins.order: expected a list of texts, found a text"),
        ("plugin = 3", "plugin: expected a table, found a whole number"),
        ("[plugin]\nmailbox = 3", "plugin: expected a table for each plugin as in [plugin.NAME], found a whole number"),
        ("[portal]\nlanguage = 'fr'", "portal.language: expected one of de, en"),
        ("[asterisk]\ntransport = 'upd'", "asterisk.transport: expected one of udp, tcp (did you mean 'udp'?)"),
        ("[ami]\nsecret = { path = 'x' }", 'ami.secret: expected a text or { file = "..." }'),
        ("[ami]\nsecret = { file = 'nowhere' }", "ami.secret: "),
        ("[agi]\nport = 70000", "agi.port: 70000 is no port"),
        ("[agi]\nworkers = 0", "agi.workers: expected 1 to 64"),
        ("[agi]\nport = 65535\nworkers = 2", "agi.workers: the last worker's port would be beyond 65535"),
        ("[agi]\nport = 5036\nworkers = 4", "ami.port: port 5038 is already that of agi.port"),
        ("[asterisk]\nsip_port = 10500", "asterisk.sip_port: port 10500 is already that of asterisk.rtp_start"),
        ("[asterisk]\ntransport = 'tcp'\nsip_port = 5038", "asterisk.sip_port: port 5038 is already that of ami.port"),
        ("[asterisk]\nrtp_end = 10001", "asterisk.rtp_end: expected at least 4 ports"),
        ("[asterisk]\nrtp_start = 9999", "asterisk.rtp_start: expected an even port"),
        ("[asterisk]\nroot = 'x'", "asterisk.root: expected an absolute path"),
        ("[asterisk]\nsystemname = 'a-b'", "asterisk.systemname: "),
        ("[asterisk]\nsip_host = '300.1.1.1'", "asterisk.sip_host: expected a host name or an IP address"),
        ("[asterisk]\nextra_modules = ['x']", "asterisk.extra_modules: 'x' is no name of a module"),
        ("[agi]\nsecret = 'short'", "agi.secret: expected 16 to 200"),
        ("[phones.trunk]\nextension = '1'\nsecret = 's'", "phones.trunk: expected a name"),
        ("[phones.100]\nextension = '1'\nsecret = 's'", "phones.100: expected a name"),
        ("[phones.a]\nextension = '110'\nsecret = 's'", "phones.a.extension: "),
        ("[phones.a]\nextension='1'\nsecret='s'\ncaller_id='x'", "phones.a.caller_id: "),
        (
            "[phones.a]\nextension='1'\nsecret='s'\n[phones.b]\nextension='1'\nsecret='s'",
            "phones.b.extension: 1 is already that of 'a'",
        ),
        ("[trunk]\nhost = 'h'\nuser = 'u'", "trunk.secret: missing"),
        ("[portal]\ntenant = 'A b'", "portal.tenant: "),
        ("[portal]\nsupport_mail = 'nobody'", "portal.support_mail: expected a mail address"),
        ("[portal]\nsupport_phone = 'call us'", "portal.support_phone: expected a number"),
        ("[portal]\nsupport_url = 'javascript:x'", "portal.support_url: expected an address"),
        ("[portal]\ntenant = 'operator'", "portal.tenant: 'operator' is reserved for those who run the portal"),
        ("= 1", "Invalid"),
    ],
)
def test_mistakes_name_file_key_and_what_was_expected(load, tmp_path, text, sentence):
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert str(caught.value).startswith(f"{tmp_path / 'switchhook.toml'}: ")
    assert sentence in str(caught.value)


def test_all_mistakes_of_a_kind_are_told_at_once(load):
    with pytest.raises(ConfigError) as caught:
        load("[agi]\nport = 'x'\n[ami]\nport = 'y'")
    assert caught.value.data["problems"] == [
        "agi.port: expected a whole number, found a text",
        "ami.port: expected a whole number, found a text",
    ]


def test_missing_file_says_what_makes_one(tmp_path):
    with pytest.raises(ConfigError, match="switchhook init"):
        load_settings(tmp_path / "none.toml", {})


def test_environment_goes_before_the_file(load, tmp_path):
    (tmp_path / "word").write_text("from-a-file\n")
    settings = load(
        "[agi]\nworkers = 2",
        SWITCHHOOK_AGI_WORKERS="4",
        SWITCHHOOK_DATA_DIR=str(tmp_path / "data"),
        SWITCHHOOK_ASTERISK_ROOT="/private",
        SWITCHHOOK_PLUGINS_ORDER="b, a",
        SWITCHHOOK_PLUGIN_MAILBOX_KEY="hunter2",
        SWITCHHOOK_TRUNK_HOST="sip.example.net",
        SWITCHHOOK_TRUNK_REGISTER="false",
        SWITCHHOOK_AMI_SECRET_FILE=str(tmp_path / "word"),
        SWITCHHOOK_STORE_URL="postgresql+asyncpg://u:pw@h/d",
        SWITCHHOOK_CONFIG="anything",
        SWITCHHOOK_TEST_POSTGRESQL="anything",
        OTHER="x",
    )
    assert settings.agi.workers == 4
    assert settings.asterisk.root == "/private"
    assert settings.plugins.order == ("b", "a")
    assert settings.plugin.environment == {"SWITCHHOOK_PLUGIN_MAILBOX_KEY": "hunter2"}
    assert "hunter2" not in repr(settings)
    assert settings.trunk.host == "sip.example.net"
    assert settings.trunk.register is False
    assert settings.ami.secret.reveal() == "from-a-file"
    assert settings.store.url.reveal() == "postgresql+asyncpg://u:pw@h/d"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SWITCHHOOK_AGI_WORKER", "2", r"SWITCHHOOK_AGI_WORKER is no setting .*'SWITCHHOOK_AGI_WORKERS'"),
        ("SWITCHHOOK_CONFIGG", "2", r"'SWITCHHOOK_CONFIG'"),
        ("SWITCHHOOK_PHONES_A_SECRET", "2", "is no setting"),
        ("SWITCHHOOK_AGI_WORKERS", "two", "SWITCHHOOK_AGI_WORKERS: expected a whole number"),
        ("SWITCHHOOK_TRUNK_REGISTER", "yes", "SWITCHHOOK_TRUNK_REGISTER: expected true or false"),
    ],
)
def test_environment_is_checked_like_the_file(load, name, value, sentence):
    with pytest.raises(ConfigError, match=sentence):
        load("", **{name: value})


def test_secrets_are_in_no_repr_and_no_error(load):
    text = """
    [store]
    url = "postgresql+asyncpg://u:hunter2@h/d"
    [ami]
    secret = "hunter2"
    [phones.a]
    extension = "1"
    secret = "hunter2"
    [plugin.mail]
    password = "hunter2"
    """
    assert "hunter2" not in repr(load(text))
    with pytest.raises(ConfigError) as caught:
        load(text + "[trunk]\nhost = 'h'\nregister = 'hunter2'\n[agi]\nsecret = 'hunter2'")
    assert "hunter2" not in str(caught.value)
    assert str(Secret("hunter2")) == "Secret('***')"


def test_secret_from_a_file_beside_the_settings(load, tmp_path):
    (tmp_path / "word").write_text("pass word\n")
    assert load("[ami]\nsecret = { file = 'word' }").ami.secret.reveal() == "pass word"
    (tmp_path / "word").write_text("\n")
    with pytest.raises(ConfigError, match="is empty"):
        load("[ami]\nsecret = { file = 'word' }")


def test_own_secrets_are_made_once_and_for_their_owner_alone(tmp_path):
    made = make_secrets(tmp_path)
    texts = [file.read_text() for file in made]
    assert [file.stat().st_mode & 0o777 for file in made] == [0o600, 0o600]
    assert make_secrets(tmp_path) == []
    assert [file.read_text() for file in made] == texts


MAIL = '[mail]\nhost = "mail.example.net"\nsender = "portal@example.org"\n'


def test_mail_gets_out_only_where_the_file_says_how(load):
    assert load().mail is None
    mail = load(MAIL).mail
    assert (mail.port, mail.tls, mail.secret, mail.timeout) == (587, "starttls", None, 30)
    assert load(MAIL, SWITCHHOOK_MAIL_TLS="tls", SWITCHHOOK_MAIL_SECRET="x").mail.secret == Secret("x")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('user = "u"\n', "mail.secret: missing"),
        ('user = "u"\nsecret = "s"\ntls = "none"\n', "mail.tls: .*in clear"),
        ("timeout = 0\n", "mail.timeout"),
        ("port = 0\n", "mail.port: 0 is no port"),
    ],
)
def test_mail_settings_that_cannot_work_are_named(load, more, problem):
    with pytest.raises(ConfigError, match=problem):
        load(MAIL + more)


def test_a_sender_is_an_address(load):
    with pytest.raises(ConfigError, match=r"mail\.sender"):
        load(MAIL.replace("portal@example.org", "Portal <portal@example.org>"))
