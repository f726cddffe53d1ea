"""Whether the name that a system gives is the name that a case expects."""

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, quotation marks alike, white space collapsed.

    >>> fold("  Zúñiga’s  “plan” ")
    'zuniga\\'s "plan"'
    """
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    plain = re.sub("[“”„«»]", '"', re.sub("[‘’‚]", "'", plain))
    return " ".join(plain.split())


def names_agree(name: str | None, expected: str) -> bool:
    """Whether `name` is `expected` or a form of it that cannot be somebody else's.

    All words of the expected name must be there (more may be: a title, a middle name). A shorter name passes when at
    least two of its words are in the expected one: a bare surname is not enough, since two people may share it.

    >>> names_agree("General Juan Jose Zuniga", "Juan José Zúñiga"), names_agree("Juan Zúñiga", "Juan José Zúñiga")
    (True, True)
    >>> names_agree("Sánchez", "Pedro Sánchez"), names_agree("Jose Sanchez", "Pedro Sánchez"), names_agree(None, "Arce")
    (False, False, False)
    """
    if name is None:
        return False
    found, wanted = (set(re.findall(r"\w+", fold(text))) for text in (name, expected))
    return bool(wanted) and (wanted <= found or (len(found) >= 2 and found <= wanted))
