"""The names of systems, as given on a command line → the systems, opened over one corpus and closed again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from eval.baselines import CitingLlamaIndex, PlainLlamaIndex
from eval.corpus import Corpus
from eval.judge import LanguageModelJudge, SupportJudge
from eval.over_http import HttpService, load_mapping
from eval.run import System
from eval.support import Judge
from eval.systems import Whosaid
from index.errors import InputError
from index.library import Library
from rag.wording import Wording

JUDGES = ("rules", "model", "none")
SYSTEMS = ("whosaid", "whosaid-llm", "plain", "citation-engine", "http:FILE")


@contextmanager
def open_systems(
    names: Sequence[str], corpus: Corpus, library: Library | None, *, environ: Mapping[str, str] | None = None
) -> Iterator[tuple[System, ...]]:
    """The systems of those names, in their order.

    - `whosaid`: ours, over the library. `whosaid-llm`: the same, worded by the model that WHOSAID_LLM_… names.
    - `plain`: LlamaIndex's splitter, one embedding, Chroma, top-k. `citation-engine`: its CitationQueryEngine on top of that,
      with the same model as `whosaid-llm`.
    - `http:FILE`: any service, by a mapping (`eval.over_http`).

    Args:
        library: The corpus as a library; may be None where neither of ours is named (`needs_library`).
        environ: In place of the process's environment.
    Raises:
        InputError: An unknown name, a model that is not set, or a mapping that cannot be used.
    """
    with ExitStack() as stack:
        plain: PlainLlamaIndex | None = None
        systems: list[System] = []
        for name in names:
            if name in ("plain", "citation-engine") and plain is None:
                plain = stack.enter_context(PlainLlamaIndex(tuple(corpus.articles.values())))
            if name in ("whosaid", "whosaid-llm"):
                if library is None:
                    raise ValueError(f"{name} needs a library")
                systems.append(Whosaid(library, wording=_model(name, environ) if name == "whosaid-llm" else None))
            elif name == "plain" and plain is not None:
                systems.append(plain)
            elif name == "citation-engine" and plain is not None:
                systems.append(CitingLlamaIndex(plain, _model(name, environ)))
            elif name.startswith("http:"):
                service = HttpService(load_mapping(Path(name.removeprefix("http:"))), corpus, environ=environ)
                systems.append(stack.enter_context(closing(service)))
            else:
                raise _unknown(name)
        yield tuple(systems)


def check_names(names: Sequence[str], *, environ: Mapping[str, str] | None = None) -> None:
    """Refuses what `open_systems` would, before anything is indexed.

    Raises:
        InputError: An unknown name, or a model that is not set.
    """
    for name in names:
        if name not in SYSTEMS and not name.startswith("http:"):
            raise _unknown(name)
        if name in ("whosaid-llm", "citation-engine"):
            _model(name, environ)


def _unknown(name: str) -> InputError:
    return InputError(f"--system {name} is unknown; give {', '.join(SYSTEMS[:-1])} or {SYSTEMS[-1]}")


def needs_library(names: Sequence[str]) -> bool:
    """Whether one of the systems is ours.

    >>> needs_library(["plain"]), needs_library(["plain", "whosaid-llm"])
    (False, True)
    """
    return any(name in ("whosaid", "whosaid-llm") for name in names)


def open_judge(name: str, *, environ: Mapping[str, str] | None = None) -> Judge | None:
    """The judge of support of that name: `rules` and a learned scorer; a language `model`, which is advisory; or `none`.

    Raises:
        InputError: Another name, or a model that is not set.

    >>> open_judge("none") is None, open_judge("rules").name
    (True, 'rules and learned scorer')
    """
    if name == "none":
        return None
    if name == "rules":
        return SupportJudge()
    if name == "model":
        return LanguageModelJudge(_model("model", environ, option="--judge"))
    raise InputError(f"--judge {name} is unknown; give {', '.join(JUDGES)}")


def _model(name: str, environ: Mapping[str, str] | None, *, option: str = "--system") -> Wording:
    wording = Wording.from_environment(environ)
    if wording is None:
        raise InputError(f"{option} {name} needs a language model; set WHOSAID_LLM_BASE_URL and WHOSAID_LLM_MODEL")
    return wording
