"""A corpus with gold → cases: questions whose answers people marked, as JSONL that `whosaid eval run --cases` reads."""

from collections.abc import Mapping, Sequence

from eval.case import Case, Expectation, ExpectedStatement, Split
from eval.polnear import make_questions
from index.attribution.polnear import AnnotatedArticle


def make_cases(articles: Sequence[AnnotatedArticle], *, split: Split, labels: Mapping[str, str]) -> tuple[Case, ...]:
    """A case of every marked quotation that allows a question, in the order of the corpus.

    The expectation is the article, the spans that people marked, their words, the kind by its marks, and the name in the source.
    What else may be shown is open, since the question may fit other statements of the same speaker.

    Args:
        labels: The corpus's name of an article → its file in the folder that the cases are run on.
    """
    texts = {article.name: article.text for article in articles}
    questions, _ = make_questions(articles)
    return tuple(
        Case(
            version=1,
            id=f"polnear-{number:04}",
            question=question.text,
            language="en",
            kind="topic",
            split=split,
            expect=Expectation(
                abstained=False,
                statements=(
                    ExpectedStatement(
                        article=labels[question.article],
                        words=tuple(span.of(texts[question.article]) for span in question.spans),
                        spans=tuple((span.start, span.end) for span in question.spans),
                        speaker=(question.name,),
                        kind=("direct",) if question.kind == "direct" else ("mixed",),
                    ),
                ),
            ),
        )
        for number, question in enumerate(questions, start=1)
    )
