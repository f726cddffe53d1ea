"""Text of others made fit to be seen: what a terminal or a page would obey, or hide, is shown by its number."""

import re

# Characters that a terminal obeys (controls), that reorder what is read (bidirectional controls), or that hide in a
# word (zero width, tags), and halves of characters that no encoding takes. Tab and line feed are left alone, and so are
# the joiners U+200C and U+200D, which Persian and emoji need.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with every hidden or obeyed character shown by its number, and line ends as line feeds.

    >>> visible("a\\x1b[31mb\\u202ec\\r\\nd")
    'a[U+001B][31mb[U+202E]c\\nd'
    """
    folded = text.replace("\r\n", "\n").replace("\r", "\n")
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", folded)


def one_line(text: str) -> str:
    """The visible text with all white space folded to single blanks.

    >>> one_line("Coup\\n fails ")
    'Coup fails'
    """
    return " ".join(visible(text).split())
