"""Whether what an answer cites supports what it says, sentence by sentence, with any judge of support.

Source: Gao et al., Enabling Large Language Models to Generate Text with Citations, EMNLP 2023, arXiv:2305.14627, section 4
(ALCE), whose judge is an 11 B entailment model; here the run's judge is asked. ALCE averages over answers; here each
sentence, or citation, weighs the same.
"""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_citation_recall(score: CaseScore) -> Count:
    """Sentences that the texts they cite, read together, support; high is good.

    Formula: supported sentences / sentences of the answer. A sentence that cites nothing, or nothing that can be found in
    the corpus, is not supported.

    Edge cases: sentences on which the judge gave no verdict are unscored, and so is the whole case without a judge. A
    refusal claims nothing and adds nothing. An empty answer, or a system that failed, counts as one sentence that is not
    supported, since an empty answer passes nothing.
    """
    if score.is_unanswered:
        return Count(judged=1)
    if score.sentences is None:
        return Count(unscored=1)
    verdicts = [item.recalled for item in score.sentences]
    return Count(
        right=verdicts.count(True), judged=len(verdicts) - verdicts.count(None), unscored=verdicts.count(None)
    )  # fmt: skip


def count_citation_precision(score: CaseScore) -> Count:
    """Citations that their sentence needs; high is good, and a system that cites everything scores low.

    Formula: citations that count / citations in sentences. One counts where its sentence is supported by all that it cites
    and the citation either supports it alone, or is missed: the others do not support the sentence without it.

    Edge cases: in a sentence that is not supported none counts. A marker that stands for nothing does not count. Citations
    that hang on a verdict which the judge did not give are unscored. An answer without any marker adds nothing here; its
    recall is 0. Empty and failed answers count as one citation that does not help.
    """
    if score.is_unanswered:
        return Count(judged=1)
    if score.sentences is None:
        return Count(unscored=1)
    verdicts = [helps for item in score.sentences for helps in item.helpful]
    return Count(
        right=verdicts.count(True), judged=len(verdicts) - verdicts.count(None), unscored=verdicts.count(None)
    )  # fmt: skip
