"""How the chat and its door over HTTP are served: one frozen record, made once from options and environment."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self, get_args

from index.errors import InputError
from index.reading import MAX_FILE_BYTES

PageLanguage = Literal["en", "nb"]
PAGE_LANGUAGES: tuple[PageLanguage, ...] = get_args(PageLanguage)

SHORTEST_PASSWORD = 12
# As many characters of a random token hold 100 bits and more in any usual spelling.
SHORTEST_TOKEN = 20
# scrypt as RFC 7914 recommends for logins: some 50 ms and 16 MB each.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digest:
    salt: bytes
    value: bytes

    @classmethod
    def of(cls, password: str) -> Self:
        salt = secrets.token_bytes(16)
        return cls(salt=salt, value=_scrypt(password, salt))

    def fits(self, password: str) -> bool:
        return hmac.compare_digest(self.value, _scrypt(password, self.salt))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may come in: people by name and password, programs by token. Only digests of both are kept.

    >>> access = Access.of(users={"kari": "a-long-password"}, tokens=["a-token-of-20-letters"])
    >>> access.knows_user("kari", "a-long-password"), access.knows_user("ola", "a-long-password")
    (True, False)
    >>> access.knows_token("a-token-of-20-letters"), access.knows_token("")
    (True, False)
    >>> Access().is_open
    True
    """

    users: Mapping[str, _Digest] = field(default_factory=dict, repr=False)
    tokens: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, *, users: Mapping[str, str], tokens: Iterable[str] = ()) -> Self:
        """From plain passwords and tokens.

        Raises:
            InputError: One of them is too short to keep anybody out.
        """
        for name, password in users.items():
            if not name.strip():
                raise InputError("a user without a name has a password; write them as NAME:PASSWORD")
            if len(password) < SHORTEST_PASSWORD:
                raise InputError(f"the password of {name!r} has {len(password)} characters; it needs {SHORTEST_PASSWORD} or more")
        hashed = []
        for n, token in enumerate(tokens, start=1):
            if len(token) < SHORTEST_TOKEN or not re.fullmatch(r"[\x21-\x7e]+", token):
                raise InputError(
                    f"token {n} has {len(token)} characters; it needs {SHORTEST_TOKEN} or more, ASCII without blanks, as "
                    'python3 -c "import secrets; print(secrets.token_urlsafe())" makes them'
                )
            hashed.append(_token_digest(token))
        return cls(users={name: _Digest.of(password) for name, password in users.items()}, tokens=tuple(hashed))

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return not self.users and not self.tokens

    def knows_user(self, name: str, password: str) -> bool:
        """Whether it is the user's password; takes as long for a name that nobody has."""
        found = self.users.get(name)
        return (found or _NOBODY).fits(password) and found is not None

    def knows_token(self, token: str) -> bool:
        """Whether it is one of the tokens; every one is looked at, so that the time tells nothing."""
        given = _token_digest(token)
        return sum(hmac.compare_digest(given, known) for known in self.tokens) > 0


def _token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


_NOBODY = _Digest(salt=b"\0" * 16, value=b"\0" * 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """What may be sent in one go.

    Args:
        files: How many files.
        file_bytes: Of one file; no more than is read of a file on disk.
        all_bytes: Of all files together.
    """

    files: int = 200
    file_bytes: int = MAX_FILE_BYTES
    all_bytes: int = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """How the chat is served.

    Args:
        port: None for the first free one from 7860 on.
        access: Who may come in; open to all, which only a loopback address may be, by default.
        uploads: Whether articles can be added and forgotten; None for where only this machine comes in.
        upload_limits: What may be sent in one go.
        rate: Requests a minute from one client, those for files of the page aside; None for no limit.
        login_rate: Tries to log in, a minute and client.
        trusted_hosts: Names that the server answers to beside its address; empty for any, where a login is asked.
        history: The file that conversations are kept in; None for one beside the library.
        page_language: Of the page's own words; None for what the visitor's browser asks for.

    Raises:
        InputError: An address that others can reach, with nobody to log in; a number that cannot be used.
    """

    library: Path
    host: str = "127.0.0.1"
    port: int | None = None
    access: Access = field(default_factory=Access, repr=False)
    uploads: bool | None = None
    upload_limits: UploadLimits = field(default_factory=UploadLimits)
    rate: int | None = 600
    login_rate: int = 10
    trusted_hosts: tuple[str, ...] = ()
    history: Path | None = None
    page_language: PageLanguage | None = None

    def __post_init__(self) -> None:
        if self.access.is_open and not is_loopback(self.host):
            raise InputError(
                f"--host {self.host} lets other machines in, and no login is set; set WHOSAID_USER and "
                f"WHOSAID_PASSWORD ({SHORTEST_PASSWORD} characters or more) or WHOSAID_TOKENS, or stay on 127.0.0.1"
            )
        if self.rate is not None and self.rate < 1:
            raise InputError(f"--rate is {self.rate} requests a minute; it needs 1 or more, or 0 for no limit")

    @property
    def takes_uploads(self) -> bool:
        """Whether articles can be added and forgotten."""
        return is_loopback(self.host) if self.uploads is None else self.uploads

    @property
    def history_file(self) -> Path:
        """Where conversations are kept: beside the library, so that making the library anew leaves them alone.

        >>> ChatSettings(library=Path("news/library")).history_file.as_posix()
        'news/library.history.sqlite'
        """
        return self.history or self.library.with_name(f"{self.library.name}.history.sqlite")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address.

    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "", "127.0.0.1.example.org")]
    [True, True, True, False, False, False, False]
    """
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_page_language(code: str | None) -> PageLanguage | None:
    """
    Raises:
        InputError: The page has no words in it.

    >>> read_page_language("no"), read_page_language(None)
    ('nb', None)
    """
    if code is None:
        return None
    for known in PAGE_LANGUAGES:
        if code.lower() in ({"nb", "no"} if known == "nb" else {known}):
            return known
    raise InputError(f"--page-language is {code[:40]!r}; the page is in {' and '.join(PAGE_LANGUAGES)}")


def read_access(environ: Mapping[str, str] | None = None) -> Access:
    """Who may come in, from the environment: secrets given as options could be read by every user of the machine.

    WHOSAID_USER and WHOSAID_PASSWORD; WHOSAID_USERS_FILE (NAME:PASSWORD a line); WHOSAID_TOKENS (separated by blanks or
    commas); WHOSAID_TOKENS_FILE (one a line). In files, lines that begin with # are left out.

    Raises:
        InputError: A name without a password or the other way round, one that is too short, a file that cannot be read.
    """
    values = os.environ if environ is None else environ
    name, password = values.get("WHOSAID_USER", ""), values.get("WHOSAID_PASSWORD", "")
    if bool(name) != bool(password):
        raise InputError("WHOSAID_USER and WHOSAID_PASSWORD go together; found one without the other")
    users = {name: password} if name else {}
    for n, line in _lines("WHOSAID_USERS_FILE", values):
        user, colon, secret = line.partition(":")
        if not colon or not user.strip() or not secret:
            raise InputError(f"WHOSAID_USERS_FILE, line {n}: expected NAME:PASSWORD")
        if user.strip() in users:
            raise InputError(f"WHOSAID_USERS_FILE, line {n}: {user.strip()!r} has a password already; keep one")
        users[user.strip()] = secret
    tokens = [token for token in re.split(r"[\s,]+", values.get("WHOSAID_TOKENS", "")) if token]
    tokens += [line.strip() for _, line in _lines("WHOSAID_TOKENS_FILE", values)]
    return Access.of(users=users, tokens=tokens)


def _lines(key: str, values: Mapping[str, str]) -> list[tuple[int, str]]:
    path = values.get(key, "")
    if not path:
        return []
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{key} is {path!r}, which cannot be read: {error}; name a UTF-8 text file") from error
    found = [(n, line.rstrip("\r")) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    found = [(n, line) for n, line in found if not line.lstrip().startswith("#")]
    if not found:
        raise InputError(f"{key} names {path!r}, which has no lines; write one entry a line, or unset it")
    return found
