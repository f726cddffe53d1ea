"""The command line, mostly as a process of its own: what it prints where, and how it ends."""

import csv
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "What did Arce say to Zúñiga?"
ESCAPES = re.compile(r"\x1b|[│╭╰─]")


def whosaid(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with pipes for stdout and stderr, in an environment without settings of ours."""
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env=clean(**environment),
        check=False,
    )


def clean(**environment: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WHOSAID_", "NO_COLOR", "FORCE_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | environment


def in_terminal(*arguments: str | Path, **environment: str) -> tuple[int, str]:
    """Run the command with a terminal for stdin, stdout and stderr; its exit status and all it printed."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        cwd=ROOT,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=clean(TERM="xterm-256color", COLUMNS="100", **environment),
    ) as process:
        os.close(follower)
        pieces = []
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            pieces.append(piece)
    os.close(leader)
    return process.returncode, b"".join(pieces).decode()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "library"
    made = whosaid("index", ROOT / "seeds", "--library", folder)
    assert made.returncode == 0, made.stderr
    # Fourteen articles, as seeds/README.md counts them.
    assert made.stdout == "14 added, 0 updated, 0 unchanged, 0 failed\n"
    assert made.stderr == ""
    return folder


def test_articles_in_a_language_without_rules_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "notizia.txt").write_text(
        "Il ponte resterà chiuso fino a maggio, hanno scritto i giornali.\n\n"
        "«Non possiamo aspettare ancora», ha detto il sindaco.\n",
        encoding="utf-8",
    )
    made = whosaid("index", tmp_path / "notizia.txt", "--library", tmp_path / "library")
    assert made.returncode == 0, made.stderr
    assert "no rules for articles in: it; only what stands between quotation marks" in made.stderr
    assert "Non possiamo aspettare ancora" in whosaid("statements", "--library", tmp_path / "library").stdout


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_bare_command_and_help_list_every_command(arguments: list[str]) -> None:
    shown = whosaid(*arguments)
    for command in ("index", "ask", "statements", "verify", "articles", "forget", "chat", "mcp", "eval"):
        assert re.search(rf"^  {command}\b", shown.stdout, re.MULTILINE), command
    assert not ESCAPES.search(shown.stdout)
    assert shown.stderr == ""


@pytest.mark.parametrize("command", ["index", "ask", "statements", "verify", "articles", "forget", "chat", "mcp"])
def test_every_command_takes_a_library_and_shows_an_example(command: str) -> None:
    shown = whosaid(command, "--help")
    assert shown.returncode == 0
    assert "--library DIR" in shown.stdout
    assert "WHOSAID_LIBRARY" in shown.stdout
    assert f"Example: whosaid {command}" in shown.stdout


def test_version() -> None:
    assert re.fullmatch(r"whosaid \d+\.\d+\.\d+\n", whosaid("--version").stdout)


def test_help_and_a_question_load_nothing_heavy() -> None:
    code = "import sys, ui.cli, ui.render, ui.service; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert not {"gradio", "torch", "chromadb", "llama_index", "transformers", "rich"} & set(loaded.stdout.split())


def test_indexing_again_adds_nothing(library: Path) -> None:
    again = whosaid("index", ROOT / "seeds", "--library", library)
    assert (again.returncode, again.stdout) == (0, "0 added, 0 updated, 14 unchanged, 0 failed\n")


def test_ask_prints_answer_and_citations_without_colour_into_a_pipe(library: Path) -> None:
    shown = whosaid("ask", QUESTION, "--library", library)
    assert shown.returncode == 0
    assert shown.stderr == ""
    assert not ESCAPES.search(shown.stdout)
    answer = json.loads(whosaid("ask", QUESTION, "--json", "--library", library).stdout)
    assert shown.stdout.startswith(answer["text"])
    for citation in answer["citations"]:
        assert f"\n[{citation['n']}] {citation['outlet']} · {citation['published']} · " in shown.stdout
        for piece in citation["quote"].split(" … "):
            assert f"⟪{' '.join(piece.split())}⟫" in shown.stdout


def test_ask_json_is_one_object_and_nothing_else(library: Path) -> None:
    shown = whosaid("ask", QUESTION, "--json", "--library", library)
    answer = json.loads(shown.stdout)
    assert set(answer) == {"question", "language", "text", "abstained", "reason", "verdict", "citations", "seconds"}
    assert answer["question"] == QUESTION
    assert answer["abstained"] is False
    assert {citation["speaker"] for citation in answer["citations"]} == {"Luis Arce"}
    assert shown.stdout.count("\n") == 1
    assert shown.stderr == ""


def test_printed_line_is_where_the_words_stand(library: Path) -> None:
    shown = whosaid("ask", QUESTION, "--library", library).stdout
    answer = json.loads(whosaid("ask", QUESTION, "--json", "--library", library).stdout)
    places = re.findall(r"^    (\S+\.(?:txt|md)):(\d+), characters", shown, re.MULTILINE)
    assert places
    for path, line in places:
        piece = next(cited["quote"] for cited in answer["citations"] if cited["path"] == path).split(" … ")[0]
        assert piece.split("\n")[0] in Path(path).read_text(encoding="utf-8").split("\n")[int(line) - 1]


def test_a_refusal_is_an_answer_with_status_0(library: Path) -> None:
    shown = whosaid("ask", "What did Joe Biden say?", "--library", library)
    assert shown.returncode == 0
    assert "No answer: no such speaker" in shown.stdout
    answer = json.loads(whosaid("ask", "What did Joe Biden say?", "--json", "--library", library).stdout)
    assert (answer["abstained"], answer["reason"], answer["citations"]) == (True, "no_such_speaker", [])


def test_a_fact_that_nobody_said_is_cited_from_its_passage(library: Path) -> None:
    shown = whosaid("ask", "What is the population of Bolivia?", "--library", library)
    assert shown.returncode == 0
    assert "    a passage of the article\n" in shown.stdout
    assert "⟪Bolivia has twelve million inhabitants" in shown.stdout


def test_verify_gives_its_verdict(library: Path) -> None:
    wrong = json.loads(whosaid("verify", "I am your captain", "--speaker", "Zúñiga", "--json", "--library", library).stdout)
    assert wrong["verdict"] == "misattributed"
    assert "Verdict: misattributed" in whosaid("verify", "I am your captain", "--speaker", "Zúñiga", "--library", library).stdout


def test_statements_as_json_and_csv_are_the_same_rows(library: Path) -> None:
    rows = json.loads(whosaid("statements", "--json", "--library", library).stdout)
    table = list(csv.DictReader(io.StringIO(whosaid("statements", "--csv", "--library", library).stdout, newline="")))
    assert [row["id"] for row in rows] == [row["id"] for row in table]
    assert [row["speaker"] or "" for row in rows] == [row["speaker"] for row in table]
    assert rows == sorted(rows, key=lambda row: row["published"])


def test_statements_are_filtered(library: Path) -> None:
    rows = json.loads(whosaid("statements", "--speaker", "arce", "--language", "es", "--json", "--library", library).stdout)
    assert rows
    assert {(row["speaker"], row["language"]) for row in rows} == {("Luis Arce", "es")}
    nobody = whosaid("statements", "--speaker", "Xyzzy Plugh", "--library", library)
    assert nobody.returncode == 4
    assert "--speaker 'Xyzzy Plugh'" in nobody.stderr


def test_statements_for_people_end_with_their_number(library: Path) -> None:
    shown = whosaid("statements", "--speaker", "Arce", "--library", library).stdout
    n = len(json.loads(whosaid("statements", "--speaker", "Arce", "--json", "--library", library).stdout))
    assert shown.rstrip().endswith(f"\n{n} statements")


def test_articles_lists_each_with_its_statements(library: Path) -> None:
    rows = json.loads(whosaid("articles", "--json", "--library", library).stdout)
    assert len(rows) == 14
    n_statements = len(json.loads(whosaid("statements", "--json", "--library", library).stdout))
    assert sum(row["statements"] for row in rows) == n_statements
    assert whosaid("articles", "--library", library).stdout.rstrip().endswith("14 articles")


def test_forget_takes_an_article_by_path_or_id(library: Path, tmp_path: Path) -> None:
    copy = tmp_path / "library"
    shutil.copytree(library, copy)
    rows = json.loads(whosaid("articles", "--json", "--library", copy).stdout)
    assert whosaid("forget", ROOT / "seeds/daily-specimen-palace.txt", rows[-1]["id"], "--library", copy).returncode == 0
    left = json.loads(whosaid("articles", "--json", "--library", copy).stdout)
    assert len(left) == 12
    unknown = whosaid("forget", left[0]["id"], "no-such-article", "--library", copy)
    assert unknown.returncode == 4
    assert "`whosaid articles` lists them" in unknown.stderr
    # Nothing is forgotten when one of the names is unknown.
    assert len(json.loads(whosaid("articles", "--json", "--library", copy).stdout)) == 12


def test_failed_files_are_listed_with_why_and_status_6(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("“I will go,” said Kari Berg.", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "evil\x1b[31m.txt").write_text("")
    (tmp_path / "broken.jsonl").write_text('{"text": "“No,” said Ola Nord."}\n{broken\n', encoding="utf-8")
    made = whosaid("index", tmp_path, "--library", tmp_path / "library")
    assert made.returncode == 6
    assert made.stdout == "2 added, 0 updated, 0 unchanged, 3 failed\n"
    assert re.search(r"^whosaid: .*/empty\.txt: .*empty", made.stderr, re.MULTILINE)
    assert re.search(r"^whosaid: .*/broken\.jsonl:2: ", made.stderr, re.MULTILINE)
    assert "evil[U+001B][31m.txt: " in made.stderr


def test_a_missing_library_says_how_to_make_one(tmp_path: Path) -> None:
    for command in (["ask", "Who?"], ["statements"], ["articles"], ["verify", "No"], ["forget", "x"], ["chat"]):
        failed = whosaid(*command, "--library", tmp_path / "none")
        assert failed.returncode == 3, command
        assert failed.stdout == ""
        assert "whosaid index" in failed.stderr
        assert "Traceback" not in failed.stderr


def test_arguments_that_cannot_be_used_end_with_2(library: Path) -> None:
    for arguments in (
        ["ask"],
        ["ask", "Who?", "--since", "yesterday"],
        ["nonsense"],
        ["statements", "--json", "--csv"],
    ):
        failed = whosaid(*arguments, WHOSAID_LIBRARY=str(library))
        assert failed.returncode == 2, arguments
        assert failed.stdout == ""


def test_library_comes_from_the_environment_or_the_folder(library: Path, tmp_path: Path) -> None:
    from_environment = whosaid("articles", "--json", WHOSAID_LIBRARY=str(library))
    (tmp_path / "library").symlink_to(library)
    from_folder = whosaid("articles", "--json", cwd=tmp_path)
    assert from_environment.stdout == from_folder.stdout != ""


def test_output_is_utf8_in_any_locale(library: Path) -> None:
    shown = whosaid("ask", QUESTION, "--library", library, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert shown.returncode == 0
    assert "Zúñiga" in shown.stdout


def test_a_closed_pipe_ends_quietly(library: Path) -> None:
    command = f"{sys.executable} -m ui.cli statements --json --library {library} | head -c 20"
    ended = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", env=clean(), check=False)
    assert ended.stderr == ""


def test_terminal_gets_style_and_no_color_takes_the_colour_out(library: Path) -> None:
    status, shown = in_terminal("ask", QUESTION, "--library", library)
    assert status == 0
    assert "\x1b[1;36m" in shown  # bold cyan
    assert "⟪" not in shown
    _, plain = in_terminal("ask", QUESTION, "--library", library, NO_COLOR="1")
    assert "\x1b[1m" in plain
    assert "36m" not in plain


def test_terminal_json_has_no_style(library: Path) -> None:
    _, shown = in_terminal("ask", QUESTION, "--json", "--library", library)
    assert json.loads(shown)["question"] == QUESTION


def test_progress_is_shown_to_a_terminal_only(tmp_path: Path) -> None:
    status, shown = in_terminal("index", ROOT / "seeds/daily-specimen-palace.txt", "--library", tmp_path / "library")
    assert status == 0
    assert "1/1" in shown
    assert "1 added, 0 updated, 0 unchanged, 0 failed" in shown


# A shell starts what it puts in the background deaf to Ctrl-C, and its children inherit that.
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from ui.cli import main; main()"


def n_kept(library: Path) -> int:
    """How many articles a library holds that another process is making; 0 while it has no tables yet."""
    if not (library / "library.sqlite").exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{(library / 'library.sqlite').as_uri()}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_ctrl_c_loses_nothing_and_says_so(tmp_path: Path) -> None:
    n_articles = 400
    for number in range(n_articles):
        (tmp_path / f"{number:03}.txt").write_text(f"“It was number {number},” said Kari Berg on Monday.\n", encoding="utf-8")
    library = tmp_path / "library"
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "index", tmp_path, "--library", library],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=clean(),
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 60
        while not n_kept(library) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nothing is lost" in complaint
    assert "Traceback" not in complaint
    kept = len(json.loads(whosaid("articles", "--json", "--library", library).stdout))
    again = whosaid("index", tmp_path, "--library", library)
    assert again.returncode == 0
    added, unchanged = (int(n) for n in re.findall(r"(\d+) (?:added|unchanged)", again.stdout))
    assert (added, unchanged) == (n_articles - kept, kept)


def test_eval_comes_in_by_its_entry_point() -> None:
    shown = whosaid("eval", "--help")
    assert shown.returncode == 0
    assert "Usage: whosaid eval" in shown.stdout
