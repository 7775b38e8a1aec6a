from __future__ import annotations

import json

from .flow_site import Site


def test_people_are_invited_changed_and_given_rights(site: Site) -> None:
    site.run("init")
    assert "kim (user) is invited" in site.run("people", "create", "Kim", "kim@x.example", "--username", "kim").output
    assert "kim (admin) is changed" in site.run("people", "change", "KIM", "--role", "admin").output
    site.run("people", "change", "kim", "--role", "user")
    assert "has number.view" in site.run("people", "grant", "kim", "number.view").output
    assert "did you mean 'number.view'" in site.run("people", "grant", "kim", "number.veiw", code=1).output
    assert "name the groups" not in site.run("people", "grant", "kim", "call.view").output
    (kim,) = json.loads(site.run("people", "list", "--search", "kim", "--json").output)
    assert [(one["right"], one["scope"]) for one in kim["grants"]] == [("number.view", "all"), ("call.view", "all")]
    site.run("people", "grant", "kim", "number.view", "--revoke")
    assert "is disabled" in site.run("people", "disable", "kim").output
    assert "is active again" in site.run("people", "disable", "kim", "--undo").output
    assert "did you mean 'kim'" in site.run("people", "disable", "kin", code=1).output
