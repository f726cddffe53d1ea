"""A service that speaks the OpenAI protocol and has no model: `python examples/stub_model.py [PORT]`.

It copies words out of what it is given, so that whatever needs a language model can be tried and tested without one, the same
each time. It is a floor to compare with, no system.

    export WHOSAID_LLM_BASE_URL=http://127.0.0.1:8099/v1 WHOSAID_LLM_MODEL=stub
    whosaid eval run --system whosaid --system plain --system citation-engine --html report.html
"""

import json
import re
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SOURCE = re.compile(r"^Source (\d+):\n(.*?)(?=^Source \d+:\n|^------$)", re.MULTILINE | re.DOTALL)
_EVIDENCE = re.compile(r"^(=== \w+ ===)\n(.*)\n\1$", re.MULTILINE | re.DOTALL)
_MOST_SENTENCES = 3


def reply(messages: Sequence[dict[str, str]]) -> str:
    """What the stub says to a chat: it knows three forms, and has nothing to say to others.

    - Numbered sources and a query (LlamaIndex's CitationQueryEngine): the sentences that share most words with the query.
    - Numbered evidence as JSON (`rag.wording`): the words of each, by its speaker.
    - A text and a claim as JSON (`eval.judge`): "yes" where the text has each of the claim's words.

    >>> reply([{"role": "user", "content": '{"text": "Lee will go.", "claim": "Lee will stay."}'}])
    'no'
    """
    asked = messages[-1]["content"]
    if fenced := _EVIDENCE.search(asked):
        return " ".join(_tell(item) for item in json.loads(fenced[2])["evidence"])
    if asked.startswith("{"):
        pair = json.loads(asked)
        return "yes" if _words(pair["claim"]) <= _words(pair["text"]) else "no"
    _, _, given = asked.rpartition("------\nQuery: ")
    # The prompt shows two sources of its own as an example; the given ones stand between the last two rules.
    block = asked[: asked.rfind("------\nQuery: ")].rpartition("------\n")[2] + "------"
    query = _words(given.partition("\n")[0])
    scored = [
        (len(query & _words(sentence)), -place, f"{sentence.strip()} [{number}]")
        for place, (number, text) in enumerate(_SOURCE.findall(block))
        for sentence in re.split(r"(?<=[.!?”\"»])\s+", text)
    ]
    best = sorted((item for item in scored if item[0] >= 2), reverse=True)[:_MOST_SENTENCES]
    return " ".join(sentence for _, _, sentence in best) or "None of the sources are helpful."


def _tell(item: dict[str, Any]) -> str:
    very = "” and “".join(item.get("very_words", ()))
    words = f"“{very}”" if very else item["words"]
    return f"{item.get('speaker', 'Somebody')} said {words} [{item['n']}]."


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.casefold()))


class Handler(BaseHTTPRequestHandler):
    """Answers chat completions, whole or as a stream of one piece; tokens are counted as words."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = reply(body["messages"])
        read, written = sum(len(message["content"].split()) for message in body["messages"]), len(text.split())
        usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        head = {"id": "stub", "created": 0, "model": str(body.get("model", "stub"))}
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "finish_reason": "stop", "message": message}]
            self._send("application/json", json.dumps(head | {"object": "chat.completion", "choices": choices, "usage": usage}))
            return
        head |= {"object": "chat.completion.chunk"}
        pieces: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        ]
        if (body.get("stream_options") or {}).get("include_usage"):
            pieces.append({"choices": [], "usage": usage})
        lines = [f"data: {json.dumps(head | piece)}\n\n" for piece in pieces]
        self._send("text/event-stream", "".join([*lines, "data: [DONE]\n\n"]))

    def _send(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that http.server gives it
        """Say nothing."""


def serve(port: int) -> ThreadingHTTPServer:
    """A server on this machine; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    with serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8099) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}/v1\n")
        sys.stdout.flush()
        server.serve_forever()
