"""What the profiles service answers."""


def test_health_check(profiles_api):
    response = profiles_api.get("/health-check")
    assert (response.status_code, response.json) == (200, {"success": True})


def test_one_profile(profiles_api):
    profile = profiles_api.get("/profiles/noor").json
    assert set(profile) == {"handle", "display_name", "avatar_url"}
    assert (profile["handle"], profile["display_name"]) == ("noor", "Noor Haddad")
    address, signature = profile["avatar_url"].split("?signature=")
    assert address == "https://avatars.example.com/noor.png"
    assert len(signature) == 64


def test_nobody(profiles_api):
    response = profiles_api.get("/profiles/nobody")
    assert response.status_code == 404
    assert response.json == {"error": "Nobody here is called 'nobody'."}


def test_several_profiles(profiles_api):
    found = profiles_api.get("/profiles?handles=noor,ines,nobody").json["profiles"]
    assert {profile["handle"] for profile in found} == {"noor", "ines"}
    assert profiles_api.get("/profiles/noor").json in found
    assert profiles_api.get("/profiles/ines").json in found


def test_several_of_nobody(profiles_api):
    assert profiles_api.get("/profiles?handles=nobody").json == {"profiles": []}


def test_no_handles(profiles_api):
    for query in ("", "?handles=", "?handles=,"):
        response = profiles_api.get(f"/profiles{query}")
        assert response.status_code == 400
        assert "/profiles?handles=noor,tilda" in response.json["error"]


def test_signatures_depend_on_the_secret(profiles_api, monkeypatch):
    before = profiles_api.get("/profiles/noor").json["avatar_url"]
    assert profiles_api.get("/profiles/noor").json["avatar_url"] == before
    monkeypatch.setenv("AVATAR_SECRET", "another")
    assert profiles_api.get("/profiles/noor").json["avatar_url"] != before
