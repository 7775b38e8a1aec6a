"""Files and storage in the browser and by the API: heard in parts, by those who may, and deleted in one go (S34, S36)."""

from __future__ import annotations

from urllib.parse import urlencode

from web_people import ORIGIN, Portal, post

from switchhook.access.actor import SYSTEM
from switchhook.speech.audio import to_wav, tone

WAV = to_wav(tone(440, 0.5))


async def put(portal: Portal, label: str = "Hotline") -> str:
    media = portal.administration.media.of("acme", SYSTEM)
    return (await media.put("message", ("mailbox", "box"), WAV, original=(".mp3", b"ID3"), label=label)).id


async def test_a_sound_is_heard_whole_and_in_parts(portal: Portal) -> None:
    media, client = await put(portal), portal.client("superadmin")
    path = f"/t/acme/storage/{media}/sound"
    whole = await client.get(path)
    assert (whole.status_code, await whole.get_data(), whole.mimetype) == (200, WAV, "audio/wav")
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = await client.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, await part.get_data()) == (206, WAV[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(WAV)}"
    rest = await client.get(path, headers={"Range": f"bytes={len(WAV) - 10}-"})
    assert (rest.status_code, await rest.get_data()) == (206, WAV[-10:])
    for wrong in (f"bytes={len(WAV) + 5}-", "bytes=9-3", "bytes=a-b"):
        assert (await client.get(path, headers={"Range": wrong})).status_code in (200, 416), wrong
    kept = await client.get(f"/t/acme/storage/{media}/original")
    assert (await kept.get_data(), kept.headers["Content-Disposition"]) == (
        b"ID3",
        f'attachment; filename="{media}.mp3"',
    )
    page = await (await client.get(f"/t/acme/storage/{media}")).get_data(as_text=True)
    assert f'src="{path}"' in page
    assert "<sound-player" in page


async def test_who_has_no_right_hears_nothing_and_what_is_gone_is_not_there(portal: Portal) -> None:
    media = await put(portal)
    for path in (f"/t/acme/storage/{media}/sound", f"/t/acme/storage/{media}", "/t/acme/storage"):
        assert (await portal.client("user").get(path)).status_code == 403
    client = portal.client("superadmin")
    assert (await client.get(f"/t/acme/storage/{'0' * 24}/sound")).status_code == 404
    portal.administration.media.files.sound("acme", media).unlink()
    assert (await client.get(f"/t/acme/storage/{media}/sound")).status_code == 404


async def test_the_page_shows_the_meter_and_deletes_what_is_ticked(portal: Portal) -> None:
    ids, client = [await put(portal, f"No {n}") for n in range(3)], portal.client("superadmin")
    page = await (await client.get("/t/acme/storage")).get_data(as_text=True)
    assert all(f"No {n}" in page for n in range(3))
    size = 3 * (len(WAV) + 3)
    assert (await portal.administration.media.of("acme", SYSTEM).usage()).used == size
    assert "24.1 kB used" in page
    found = await (await client.get("/t/acme/storage?search=No+1&sort=-bytes")).get_data(as_text=True)
    assert ("No 1" in found, "No 2" in found, 'aria-sort="descending"' in found) == (True, False, True)
    assert (await client.get("/t/acme/storage?sort=sha256")).status_code == 400
    listed = await (await client.get("/api/v1/tenants/acme/media?sort=label&search=no&limit=2")).get_json()
    assert [one["label"] for one in listed["items"]] == ["No 0", "No 1"]
    ticked = urlencode([("csrf", "csrf-of-superadmin"), *(("file", one) for one in ids[:2])])
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": "127.0.0.1:8080", "Origin": ORIGIN}
    assert (await client.post("/t/acme/storage/_delete", data=ticked, headers=headers)).status_code == 303
    left = (await portal.administration.media.of("acme", SYSTEM).page()).files
    assert [file.id for file in left] == [ids[2]]
    card = await (await client.get("/t/acme/cards/media")).get_data(as_text=True)
    assert "8 kB used" in card


async def test_the_operator_gives_storage_and_nobody_else(portal: Portal) -> None:
    form = {":version": "0", "gigabytes": "3"}
    assert (await post(portal.client("superadmin"), "/t/acme/storage/_extra", form, "superadmin")).status_code in (
        403,
        404,
    )
    client = portal.client("operator")
    assert (await post(client, "/t/acme/storage/_extra", form, "operator")).status_code == 303
    usage = await portal.administration.media.of("acme", SYSTEM).usage()
    assert (usage.quota, usage.extra) == (5_000_000_000, 3_000_000_000)
    await post(client, "/t/acme/storage/_extra", form, "operator")  # a second one that knows nothing of the first
    assert (await portal.administration.media.of("acme", SYSTEM).usage()).version == 1


async def test_a_superadmin_orders_storage_at_the_price_shown(portal: Portal) -> None:
    client, at = portal.client("superadmin"), "/t/acme/storage/order"
    for role in ("admin", "operator"):
        assert (await portal.client(role).get(at)).status_code == 403
    page = await (await client.get(f"{at}?steps=3")).get_data(as_text=True)
    assert "Order for 0.40 EUR" in page, "four of November's thirty days are left"
    form = {":version": "0", "steps": "3", "agreed": "0.39 EUR"}
    await post(client, at, form, "superadmin")
    page = await (await client.get("/t/acme/storage")).get_data(as_text=True)
    assert "agree to that price first" in page
    await post(client, at, {**form, "agreed": "0.40 EUR"}, "superadmin")
    page = await (await client.get("/t/acme/storage")).get_data(as_text=True)
    assert "There is 32 GB of storage now." in page
    charges = await (await client.get("/t/acme/charges")).get_data(as_text=True)
    assert "30 GB of extra storage" in charges
    headers = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "X-CSRF-Token": "csrf-of-superadmin", "If-Match": '"1"'}
    price = await (await client.get("/api/v1/tenants/acme/storage/order?steps=4")).get_json()
    assert (price["now"], price["until"]) == ("0.13 EUR", "2026-11-30")
    wish = {"steps": 4, "agreed": price["now"]}
    done = await client.put("/api/v1/tenants/acme/storage/order", json=wish, headers=headers)
    assert (await done.get_json())["quota"] == 42_000_000_000
