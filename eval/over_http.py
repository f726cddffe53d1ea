"""Somebody else's system behind HTTP, and a small mapping that says how it is asked and where in its JSON the answer stands.

    name = "theirs"
    url = "http://127.0.0.1:8000/ask"
    [request]
    query = "{question}"
    [response]
    text = "result.answer"
    citations = "result.sources"
    [citation]
    article = "file"
    quote = "text"
    speaker = "speaker"

Paths are keys with dots between; a number counts into a list, from 0. What the mapping leaves out is not judged.
"""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import ConfigDict, TypeAdapter, ValidationError

from eval.baselines import is_refusal
from eval.corpus import Corpus
from index.errors import InputError, WhosaidError
from index.records import Article

_STRICT = ConfigDict(extra="forbid")
# An answer of more bytes is no answer.
MOST_BYTES = 8_000_000
_MOST_CITATIONS = 1_000
_LONGEST_QUOTE = 100_000


class ServiceError(WhosaidError):
    """A service under test did not answer as its mapping says it does; its exit status is that of any failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePaths:
    """Where in the service's JSON the parts of an answer stand; None where it has no such part.

    Args:
        citations: A list; `retrieved`, too, if it tells more than it cites.
        abstained: True or false, for services that say when they have no answer.
        prompt_tokens, completion_tokens: What its language model read and wrote.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    text: str
    language: str | None = None
    abstained: str | None = None
    reason: str | None = None
    verdict: str | None = None
    confidence: str | None = None
    citations: str | None = None
    retrieved: str | None = None
    prompt_tokens: str | None = None
    completion_tokens: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationPaths:
    """Where in one of its citations the parts stand.

    Args:
        article: A file name, path, URL, title or id of an article in the corpus; "" for a list of such names alone.
        quote: Its words; where no offsets are given they are looked for in the article, white space aside.
        start, end: Half-open character offsets into the article's text.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    article: str
    quote: str | None = None
    start: str | None = None
    end: str | None = None
    n: str | None = None
    kind: str | None = None
    speaker: str | None = None
    addressee: str | None = None
    outlet: str | None = None
    reported_by: str | None = None
    score: str | None = None

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError("start and end go together")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMapping:
    """How a service is asked and how its answers read.

    Args:
        headers: Sent along; `${NAME}` in a value is that environment variable, so that no key stands in the file.
        request: The JSON body (the query of a GET): "{question}" in a string is the question, "{session}" a name that
            is the same for all turns of one conversation, and a value that is "{turns}" the list of all questions. Without
            "{turns}" each question of a conversation is sent by itself, in order, and the last answer counts.
        refusals: Phrases that mean "no answer" in a text without markers.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    url: str
    request: dict[str, Any]
    response: ResponsePaths
    citation: CitationPaths | None = None
    method: Literal["POST", "GET"] = "POST"
    timeout: float = 60.0
    headers: dict[str, str] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url is {self.url!r}; it needs an address such as http://127.0.0.1:8000/ask")
        if not 0 < self.timeout <= 3600:
            raise ValueError("timeout is in seconds, above 0 and up to 3600")
        if not self.name.strip():
            raise ValueError("name must not be empty")
        if (self.response.citations or self.response.retrieved) and self.citation is None:
            raise ValueError("a service that cites needs a table [citation]")
        if not re.search(r"\{(?:question|turns)\}", json.dumps(self.request)):
            raise ValueError('request holds neither "{question}" nor "{turns}", so that nothing would be asked')


_MAPPING = TypeAdapter(ServiceMapping)


def load_mapping(path: Path) -> ServiceMapping:
    """The mapping in a TOML or JSON file.

    Raises:
        InputError: The file cannot be read, or breaks the schema; with the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"the mapping {path} cannot be read ({error}); give a TOML or JSON file in UTF-8") from error
    try:
        return _MAPPING.validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"the mapping {path}: {where}: {first['msg']}; eval/over_http.py shows a whole one") from error


class HttpService:
    """A service under test.

    Args:
        client: For tests; by default one that follows no redirects and takes no proxy for this machine.
        environ: Where `${NAME}` in headers is looked up.

    Raises:
        InputError: A header names a variable that is not set.
    """

    is_elsewhere = True

    def __init__(
        self,
        mapping: ServiceMapping,
        corpus: Corpus,
        *,
        client: httpx.Client | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = mapping.name
        self._mapping = mapping
        self._corpus = corpus
        self._ids = _names_of(corpus)
        self._articles = {article.id: article for article in corpus.articles.values()}
        values = os.environ if environ is None else environ
        self._headers = {name: _filled(value, values) for name, value in mapping.headers.items()}
        local = urlsplit(mapping.url).hostname in ("127.0.0.1", "localhost", "::1")
        self._client = client or httpx.Client(timeout=mapping.timeout, follow_redirects=False, trust_env=not local)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        """Its answer to the last question, in the JSON of `whosaid ask --json`.

        Raises:
            ServiceError: It cannot be reached, answers with an error, or with something that the mapping does not fit.
        """
        session = hashlib.sha256("\0".join((self.name, *turns)).encode()).hexdigest()[:16]
        together = '"{turns}"' in json.dumps(self._mapping.request)
        answers = [self._send(turn, turns, session) for turn in (turns[-1:] if together else turns)]
        return self._read(answers[-1])

    def _send(self, question: str, turns: Sequence[str], session: str) -> Any:
        body = _substituted(self._mapping.request, {"question": question, "session": session}, list(turns))
        arguments: dict[str, Any] = {"params": body} if self._mapping.method == "GET" else {"json": body}
        try:
            with self._client.stream(self._mapping.method, self._mapping.url, headers=self._headers, **arguments) as response:
                data = b""
                for piece in response.iter_bytes():
                    data += piece
                    if len(data) > MOST_BYTES:
                        raise ServiceError(f"{self.name} answered with more than {MOST_BYTES} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceError(f"{self.name} at {self._mapping.url} did not answer ({type(error).__name__}: {error})") from error
        if response.status_code != 200:
            raise ServiceError(f"{self.name} answered with status {response.status_code}: {data[:200].decode(errors='replace')}")
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise ServiceError(f"{self.name} answered with something that is no JSON ({error})") from error

    def _read(self, given: Any) -> dict[str, Any]:
        paths = self._mapping.response
        text = find_path(given, paths.text)
        if not isinstance(text, str):
            raise ServiceError(f"{self.name}'s answer has no text at {paths.text!r}, found {type(text).__name__}")
        abstained = find_path(given, paths.abstained)
        answer = {
            "text": text,
            "abstained": bool(abstained) or is_refusal(text, self._mapping.refusals),
            "language": _text(find_path(given, paths.language)),
            "reason": _text(find_path(given, paths.reason)),
            "verdict": _text(find_path(given, paths.verdict)),
            "confidence": find_path(given, paths.confidence),
            "citations": [self._cite(item) for item in self._list(given, paths.citations)],
            "usage": {
                "prompt_tokens": find_path(given, paths.prompt_tokens),
                "completion_tokens": find_path(given, paths.completion_tokens),
            },
        }
        if paths.retrieved is not None:
            answer["retrieved"] = [self._cite(item) for item in self._list(given, paths.retrieved)]
        return answer

    def _list(self, given: Any, path: str | None) -> list[Any]:
        found = find_path(given, path)
        if found is None:
            return []
        if not isinstance(found, list) or len(found) > _MOST_CITATIONS:
            raise ServiceError(f"{self.name} has no list of at most {_MOST_CITATIONS} at {path!r}, found {type(found).__name__}")
        return found

    def _cite(self, item: Any) -> dict[str, Any]:
        paths = self._mapping.citation
        assert paths is not None
        named = str(find_path(item, paths.article) if paths.article else item)
        article = self._articles.get(self._ids.get(_key(named), ""))
        quote = _text(find_path(item, paths.quote)) or ""
        start, end = find_path(item, paths.start), find_path(item, paths.end)
        span: tuple[int, int] | None = None
        if isinstance(start, int) and isinstance(end, int):
            span = (start, end)
        elif article is not None and quote:
            span = find_quote(quote, article)
        if article is not None and span is not None and 0 <= span[0] < span[1] <= len(article.text):
            there = article.text[slice(*span)]
            # A service may fold white space, or give a place alone; another word in the quote stays, to be found out.
            quote = there if not quote or quote.split() == there.split() else quote
        numbers = {name: find_path(item, path) for name, path in (("n", paths.n), ("score", paths.score))}
        names = ("kind", "speaker", "addressee", "outlet", "reported_by")
        return {
            "article": named if article is None else article.id,
            "spans": [list(span)] if span else [],
            "quote": quote,
            **numbers,
            **{name: _text(find_path(item, getattr(paths, name))) for name in names},
        }


def find_path(value: Any, path: str | None) -> Any:
    """What stands at a path of keys with dots between; None where there is nothing, or no path.

    >>> find_path({"a": [{"b": 1}]}, "a.0.b"), find_path({"a": 1}, "a.b"), find_path({}, None)
    (1, None, None)
    """
    if path is None:
        return None
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def find_quote(quote: str, article: Article) -> tuple[int, int] | None:
    """Where a quote stands in an article, white space aside; None where it does not.

    >>> find_quote("I  go", Article(id="a", text="“I\\ngo,” she said.", language="en"))
    (1, 5)
    """
    at = article.text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    if len(quote) > _LONGEST_QUOTE or not quote.split():
        return None
    match = re.search(r"\s+".join(map(re.escape, quote.split())), article.text)
    return match.span() if match else None


def _names_of(corpus: Corpus) -> dict[str, str]:
    """All that may name an article → its id; what names two names none."""
    names: dict[str, set[str]] = {}
    for label, article in corpus.articles.items():
        path = Path(article.path or label)
        for name in (label, article.id, article.path, path.name, path.stem, article.url, article.title):
            if name:
                names.setdefault(_key(name), set()).add(article.id)
    return {name: ids.pop() for name, ids in names.items() if len(ids) == 1}


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _filled(value: str, environ: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        if match[1] not in environ:
            raise InputError(f"a header of the mapping names the variable {match[1]}, which is not set")
        return environ[match[1]]

    return re.sub(r"\$\{(\w+)\}", put, value)


def _substituted(value: Any, words: Mapping[str, str], turns: list[str]) -> Any:
    if isinstance(value, str):
        if value == "{turns}":
            return turns
        # In one pass, so that a question which has "{session}" in it stays as it is.
        return re.sub(r"\{(question|session)\}", lambda match: words[match[1]], value)
    if isinstance(value, Mapping):
        return {key: _substituted(item, words, turns) for key, item in value.items()}
    return [_substituted(item, words, turns) for item in value] if isinstance(value, list) else value
