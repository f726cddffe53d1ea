"""Ask the sample articles through LlamaIndex: `python examples/llamaindex_engine.py ["QUESTION" …]`.

Indexes seeds/ into a temporary library, then asks it by a query engine and a retriever that any LlamaIndex pipeline can take.
With WHOSAID_LLM_BASE_URL and WHOSAID_LLM_MODEL set, that language model words the answers.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from index import build
from rag.llamaindex import StatementQueryEngine, StatementRetriever, words_of
from rag.wording import Wording

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
QUESTIONS = ("What did Arce say to Zúñiga?", "Who condemned the coup?", "What did Angela Merkel say?")


def main(questions: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        build([SEEDS], library=folder)
        engine = StatementQueryEngine(library=folder, wording=Wording.from_environment())
        retriever = StatementRetriever(folder, k=3)
        for question in questions or QUESTIONS:
            response = engine.query(question)
            sys.stdout.write(f"\n{question}\n{response}\n")
            for number, source in enumerate(response.source_nodes, start=1):
                sys.stdout.write(f"  [{number}] {source.node.metadata['path']} {source.node.metadata['spans']}\n")
            best = [f"{node.node.metadata['speaker']}: {words_of(node)}" for node in retriever.retrieve(question)]
            sys.stdout.write("Retrieved: " + (" | ".join(best) or "nothing") + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
