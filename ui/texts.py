"""The words of the page in the languages that it speaks; the words themselves are data, in `texts.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

PageLanguage = Literal["en", "nb"]
PAGE_LANGUAGES: tuple[PageLanguage, ...] = get_args(PageLanguage)
# Whoever reads one written Norwegian reads the other, and the neighbours' languages are close enough.
_READ_AS: dict[str, PageLanguage] = {"en": "en", "nb": "nb", "nn": "nb", "no": "nb", "da": "nb", "sv": "nb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the page says in one language.

    >>> load_texts("nb").say("n_articles", n=2)
    '2 artikler'
    """

    language: PageLanguage
    table: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """A sentence with its values; the one for a single thing where `n` is 1 and there is one.

        Raises:
            KeyError: The table has no such sentence, or a value that it needs is not given.
        """
        if values.get("n") == 1 and f"{key}_one" in self.table:
            key = f"{key}_one"
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.table[key].format_map(shown)

    def number(self, value: int) -> str:
        """A whole number with its thousands apart: a comma in English, a narrow blank in Norwegian."""
        return f"{value:,}" if self.language == "en" else f"{value:,}".replace(",", "\u202f")

    def has(self, key: str) -> bool:
        return key in self.table


@cache
def load_texts(language: PageLanguage) -> Texts:
    """The page's words in a language."""
    tables = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    return Texts(language=language, table=MappingProxyType(tables[language]))


def choose_language(accepted: str | None, *, default: PageLanguage = "en") -> PageLanguage:
    """The page's language for a browser's Accept-Language; `default` where it names none that the page speaks.

    >>> choose_language("nn-NO,nn;q=0.9,en;q=0.8"), choose_language("fr,en;q=0.5,nb;q=0.4"), choose_language("fr")
    ('nb', 'en', 'en')
    """
    weighed: list[tuple[float, int, PageLanguage]] = []
    for place, part in enumerate((accepted or "")[:500].split(",")):
        tag, _, parameter = part.strip().partition(";")
        read_as = _READ_AS.get(tag.split("-")[0].strip().lower())
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        if read_as is not None and weight > 0:
            weighed.append((-weight, place, read_as))
    return min(weighed)[2] if weighed else default
