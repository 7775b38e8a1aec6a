"""Help for everybody who is signed in, and the operator's bundle (S17)."""

from __future__ import annotations

import io
import zipfile

import attrs
import pytest
from web_people import HOST, build


def reached(settings):
    """Settings that say how those who run the portal are reached."""
    said = {"support_mail": "help@example.org", "support_phone": "+49 221 555-0", "support_url": "https://help.example"}
    return attrs.evolve(settings, portal=attrs.evolve(settings.portal, **said))


async def text(portal, role, path, **headers):
    answer = await portal.client(role).get(path, headers={**HOST, **headers})
    return answer.status_code, await answer.get_data(as_text=True)


async def test_everybody_who_is_signed_in_is_told_whom_to_ask_and_what_to_tell(tmp_path):
    portal = await build(tmp_path, reached)
    status, page = await text(portal, "nobody", "/support?page=/t/acme/calls/sh1-17.4%3Fsearch%3D0221")
    assert status == 200
    for words in ("help@example.org", 'href="tel:+492215550"', "https://help.example", "sh1-17.4", "nora", "acme"):
        assert words in page, words
    assert "2026-11-27 13:00:00 CET (Europe/Berlin)" in page
    assert portal.administration.support.version in page
    assert "Page: /t/acme/calls/sh1-17.4\n" in page
    assert "mailto:help@example.org?subject=Help%20with%20Switchhook&amp;body=" in page
    assert 'href="/api/docs"' in page
    assert "Diagnostic bundle" not in page
    await portal.administration.store.close()


async def test_without_a_contact_the_page_says_so_and_names_the_settings_to_the_operator(portal):
    asked, run = [(await text(portal, role, "/support"))[1] for role in ("user", "operator")]
    assert "Ask an administrator of yours first" in asked
    assert "support_mail" not in asked
    assert "support_mail, support_phone and support_url" in run
    assert "/operator/support/bundle" in run


@pytest.mark.parametrize("page", ["//evil.example/x", "https://evil.example", "/<script>", "/a b"])
async def test_only_a_path_of_ours_is_taken_for_a_page(portal, page):
    shown = (await portal.client("user").get("/support", query_string={"page": page}, headers=HOST)).get_data
    assert f"Page: {page.partition('?')[0]}" not in await shown(as_text=True)


async def test_each_page_leads_there_and_says_where_one_was(portal):
    page = (await text(portal, "admin", "/t/acme/calls?search=1"))[1]
    assert 'href="/support?page=/t/acme/calls%3Fsearch%3D1"' in page
    assert (await text(portal, "", "/support"))[0] == 401


async def test_the_bundle_is_a_file_for_the_operator_alone(portal):
    answer = await portal.client("operator").get("/operator/support/bundle", headers=HOST)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="switchhook-20261127-120000.zip"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    by_api = await portal.client().get("/api/v1/support/bundle", headers={"Authorization": "Bearer api-operator"})
    assert (by_api.status_code, by_api.content_type) == (200, "application/zip")
    assert by_api.headers["Content-Disposition"] == answer.headers["Content-Disposition"]
    for data in (await answer.get_data(), await by_api.get_data()):
        assert "doctor.json" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    for role in ("superadmin", "admin", "user"):
        headers = {"Authorization": f"Bearer api-{role}"}
        assert (await text(portal, role, "/operator/support/bundle"))[0] == 403
        assert (await portal.client().get("/api/v1/support/bundle", headers=headers)).status_code == 403
        assert (await portal.client().get("/api/v1/support", headers=headers)).status_code == 200
