"""How the chat is served: who may come in, and what it refuses to serve."""

from pathlib import Path

import pytest

from index.errors import InputError
from ui.settings import Access, ChatSettings, read_access

PASSWORD = "a-long-password"
TOKEN = "a-token-of-20-letters"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "", "example.org"])
def test_an_address_that_others_reach_needs_a_login(host: str) -> None:
    with pytest.raises(InputError, match="set WHOSAID_USER and WHOSAID_PASSWORD"):
        ChatSettings(library=Path("library"), host=host)
    for access in (Access.of(users={"kari": PASSWORD}), Access.of(users={}, tokens=[TOKEN])):
        assert not ChatSettings(library=Path("library"), host=host, access=access).takes_uploads


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_loopback_needs_no_login_and_takes_uploads(host: str) -> None:
    settings = ChatSettings(library=Path("library"), host=host)
    assert settings.access.is_open
    assert settings.takes_uploads
    assert not ChatSettings(library=Path("library"), host=host, uploads=False).takes_uploads


def test_no_password_and_no_token_is_kept_as_written() -> None:
    access = Access.of(users={"kari": PASSWORD}, tokens=[TOKEN])
    settings = ChatSettings(library=Path("library"), access=access)
    for text in (repr(settings), repr(access.users), repr(access.tokens)):
        assert PASSWORD not in text
        assert TOKEN not in text


def test_each_user_has_their_own_password() -> None:
    access = Access.of(users={"kari": PASSWORD, "ola": "another-password"})
    assert access.knows_user("ola", "another-password")
    assert not access.knows_user("ola", PASSWORD)
    assert not access.knows_user("Kari", PASSWORD)
    assert not access.knows_user("kari", "\ud800")


def test_a_login_is_read_from_the_environment() -> None:
    assert read_access({}).is_open
    assert read_access({"WHOSAID_USER": "kari", "WHOSAID_PASSWORD": PASSWORD}).knows_user("kari", PASSWORD)
    with pytest.raises(InputError, match="go together"):
        read_access({"WHOSAID_USER": "kari"})
    with pytest.raises(InputError, match="'kari' has 5 characters; it needs 12"):
        read_access({"WHOSAID_USER": "kari", "WHOSAID_PASSWORD": "short"})


def test_several_tokens_are_read_and_each_comes_in() -> None:
    access = read_access({"WHOSAID_TOKENS": f"{TOKEN}, {TOKEN[::-1]}"})
    assert len(access.tokens) == 2
    assert access.knows_token(TOKEN)
    assert access.knows_token(TOKEN[::-1])
    assert not access.knows_token(TOKEN[:-1])
    with pytest.raises(InputError, match="token 2 has 5 characters; it needs 20"):
        read_access({"WHOSAID_TOKENS": f"{TOKEN} short"})


def test_users_and_tokens_are_read_from_files(tmp_path: Path) -> None:
    users, tokens = tmp_path / "users", tmp_path / "tokens"
    users.write_text(f"# who may come in\nkari:{PASSWORD}\n\nola:with:colons:in it\n", encoding="utf-8")
    tokens.write_text(f"{TOKEN}\n", encoding="utf-8")
    access = read_access({"WHOSAID_USERS_FILE": str(users), "WHOSAID_TOKENS_FILE": str(tokens)})
    assert access.knows_user("kari", PASSWORD)
    assert access.knows_user("ola", "with:colons:in it")
    assert access.knows_token(TOKEN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kari\n", "line 1: expected NAME:PASSWORD"),
        (f"kari:{PASSWORD}\nkari:{PASSWORD}", "line 2: 'kari' has a password already"),
        ("# nobody\n", "has no lines"),
    ],
)
def test_a_users_file_that_is_wrong_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "users").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_access({"WHOSAID_USERS_FILE": str(tmp_path / "users")})
    with pytest.raises(InputError, match="cannot be read"):
        read_access({"WHOSAID_USERS_FILE": str(tmp_path / "missing")})


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="--rate is -1"):
        ChatSettings(library=Path("library"), rate=-1)
