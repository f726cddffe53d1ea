"""An article's bare text → its blocks: prose, headings, captions, credits, links and bylines.

Only prose holds statements. Where the evidence is thin a block stays prose: a heading taken for prose costs little, a
paragraph taken for a heading loses what somebody said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from index.records import Span

BlockKind = Literal["prose", "heading", "caption", "credit", "link", "byline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, heading or caption; `span` neither begins nor ends with white space."""

    span: Span
    kind: BlockKind


def find_blocks(text: str, *, language: str) -> tuple[Block, ...]:
    """The blocks of a text in order, disjoint, covering every character that is not white space.

    Lines that were broken to fit a page (at some 45 to 120 columns) are one block; in a text that puts each paragraph
    on a line of its own, each line is one. Whatever lies between two blocks is white space.

    Args:
        text: Any text; time grows linearly with its length.
        language: Its code, which adds that lexicon's words for "read also" and "photo" to the common ones.

    >>> text = "Storm hits the coast\\n\\nFerries stayed in port.\\n\\nREAD MORE: Ten tips for rain"
    >>> [(block.kind, block.span.of(text)[:10]) for block in find_blocks(text, language="en")]
    [('heading', 'Storm hits'), ('prose', 'Ferries st'), ('link', 'READ MORE:')]
    """
    spans = find_paragraphs(text)
    views = [_view(text, span) for span in spans]
    words = _words(language)
    kinds = [_kind_alone(view, words) for view in views]
    _mark_captions(views, kinds)
    _mark_headings(views, kinds, words)
    blocks: list[Block] = []
    for span, kind in zip(spans, kinds, strict=True):
        if kind is None:
            blocks += _split_prose(text, span)
        else:
            blocks.append(Block(span=span, kind=kind))
    return tuple(blocks)


def _split_prose(text: str, span: Span) -> Iterator[Block]:
    """A paragraph of prose, without the date before it and the image credit behind it that a page glued to it."""
    start, end = span
    if dated := _DATED.match(text[start : start + _LONGEST_LINE]):
        head = text[start : start + dated.end()].rstrip()
        yield Block(span=Span(start, start + len(head)), kind="byline")
        start += dated.end()
    tail = text[max(start, end - _LONGEST_LINE) : end]
    credit = _CREDIT_END.search(tail)
    if credit is None or not tail[: credit.start()].strip():
        yield Block(span=Span(start, end), kind="prose")
        return
    cut = end - len(tail) + credit.start()
    yield Block(span=Span(start, start + len(text[start:cut].rstrip())), kind="prose")
    yield Block(span=Span(cut, end), kind="credit")


# --- Lines and paragraphs

# What `str.splitlines` cuts at, less the three information separators, which no editor writes.
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_LINE_BREAK = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CLOSING = "\"'”’»›“)]*_ "
_TERMINAL = (".", "!", "?", "…", ":", ";", "。", "！", "？", "؟", "।")
_DASHES = ("–", "—", "―", "- ", "-- ")
# Wider than any page a mail or a feed was wrapped for, narrower than a paragraph on one line usually is.
_WIDEST_WRAP = 120
_NARROWEST_WRAP = 45
# "… until noon. (NTB)"
_SIGNED = re.compile(r"[.!?…][\"'”’»]*\s*\([^()]{1,40}\)$")
_CREDIT_TAIL = re.compile(r"\(\s*$")


def find_paragraphs(text: str) -> tuple[Span, ...]:
    """The paragraphs of a text, each without the white space around it.

    >>> wrapped = "The minister said on Monday that the ferry between the two\\nislands would run again. It had been"
    >>> [span.start for span in find_paragraphs(wrapped + " out of\\norder since the spring.\\n\\n- Good, she said.")]
    [0, 128]
    """
    groups = [_trimmed_lines(text, group) for group in _groups(text)]
    width = _wrap_width(text, groups)
    return tuple(span for group in groups for span in _join_lines(text, group, width))


def _groups(text: str) -> Iterator[list[Span]]:
    """Runs of lines that no blank line interrupts."""
    group: list[Span] = []
    end = 0
    for match in _LINE.finditer(text):
        if match[0].isspace():
            continue
        gap = text[end : match.start()]
        if group and (len(gap) > 2 or len(_LINE_BREAK.findall(gap)) > 1):
            yield group
            group = []
        group.append(Span(match.start(), match.end()))
        end = match.end()
    if group:
        yield group


def _trimmed_lines(text: str, group: Sequence[Span]) -> list[Span]:
    spans = []
    for line in group:
        words = line.of(text)
        left = len(words) - len(words.lstrip())
        spans.append(Span(line.start + left, line.start + len(words.rstrip())))
    return spans


def _ends_sentence(text: str, line: Span) -> bool:
    return text[max(line.start, line.end - 20) : line.end].rstrip(_CLOSING).endswith(_TERMINAL)


def _wrap_width(text: str, groups: Sequence[Sequence[Span]]) -> int | None:
    """The column at which the lines of a text were broken, or None where they were not.

    A broken line goes on in lower case about six times in ten (three in German); a new paragraph hardly ever does.
    """
    lengths = sorted(line.length for group in groups for line in group)
    if not lengths:
        return None
    # A long address may stand out of the page: one line in fifty.
    widest = lengths[-1 - len(lengths) // 50]
    breaks = [(left, right) for group in groups for left, right in pairwise(group)]
    if not breaks or not _NARROWEST_WRAP <= widest <= _WIDEST_WRAP:
        return None
    n_going_on = sum(text[right.start].islower() and not _ends_sentence(text, left) for left, right in breaks)
    return widest if n_going_on / len(breaks) >= 0.2 else None


def _join_lines(text: str, group: Sequence[Span], width: int | None) -> Iterator[Span]:
    start = group[0].start
    in_credit = 0
    for left, right in pairwise(group):
        # "The square (\nImage:\nAgency)" is one caption that a page broke into three lines.
        if _CREDIT_TAIL.search(text, left.end - 1, left.end) and _CREDIT_LABEL_ONLY.match(right.of(text)[:60]):
            in_credit = 3
        elif in_credit:
            in_credit = 0 if text[left.end - 1] == ")" else in_credit - 1
        if not in_credit and not _goes_on(text, left, right, width):
            yield Span(start, left.end)
            start = right.start
    yield Span(start, group[-1].end)


def _goes_on(text: str, left: Span, right: Span, width: int | None) -> bool:
    """Whether the paragraph of one line goes on in the next."""
    ended = _ends_sentence(text, left)
    opening = right.of(text)[:60]
    if opening.startswith((*_DASHES, "#", "* ", "• ", ">")) and (ended or opening[0] in "#*•>"):
        return False
    if _LINE_OPENER.match(opening):
        return False
    if opening[0].islower() and not ended and left.length >= 30:
        return True
    if width is None:
        return False
    # A line was full when the next word would not have fitted; typists and proportional fonts leave some room.
    return left.length + 1 + len(opening.split(maxsplit=1)[0]) > width - max(4, width // 10)


# --- Words that tell a kind, beside those of each lexicon: news sites mix languages in their furniture

_READ_MORE = (
    "read more", "read also", "also read", "read next", "see also", "more on this", "related", "related articles",
    "related stories", "watch", "don't miss", "les også", "les mer", "les meir", "les òg", "les saken", "se også",
    "hør også", "läs också", "läs även", "läs mer", "läs mer om", "se även", "læs også", "læs mere",
    "lesen sie auch", "lesen sie mehr", "mehr zum thema", "lees ook", "lees meer", "lees verder", "lea también",
    "lee también", "leer más", "te puede interesar", "ver también", "más información", "à lire aussi", "lire aussi",
    "lire la suite", "voir aussi", "leia também", "leia mais", "veja também", "saiba mais",
)  # fmt: skip
_CREDITS = (
    "photo", "photos", "photograph", "photo credit", "file photo", "image", "images", "image credit", "picture",
    "pictures", "credit", "video", "graphic", "illustration", "illustrasjon", "illustrasjonsfoto", "foto", "foton",
    "fotos", "arkivfoto", "bilde", "bild", "bilder", "billede", "skjermbilde", "skärmdump", "skjermdump",
    "faksimile", "grafikk", "grafik", "afbeelding", "beeld", "imagen", "imágenes", "imagem", "fotografía",
    "fotografia", "crédito", "créditos", "crédit", "crédit photo", "photographie",
)  # fmt: skip
# Names that an image credit holds besides a person's; patterns, as in "AFP Photo" and "EPA-EFE".
_AGENCIES = (
    "reuters", "afp(?: photo)?", "ap(?: photo| images)?", "associated press", "epa(?:[-–]efe)?", "efe", "dpa",
    "picture[- ]alliance", "getty(?: images)?", "ntb(?: scanpix)?", "scanpix", "tt", "ritzau(?: scanpix)?", "anp",
    "belga", "ansa", "lusa", "pa(?: wire| images)?", "press association", "xinhua", "shutterstock", "istock",
    "alamy", "zuma(?: press)?", "sipa", "bloomberg", "nurphoto", "anadolu(?: agency)?", "imago(?: images)?",
    "rex(?: features)?", "pool", "handout", "wikimedia commons", "unsplash", "pixabay", "europa press",
    "agência brasil", "keystone", "apa",
)  # fmt: skip
# Furniture of a page, as whole lines.
_SHARE = (
    r"share (?:this|on|via|with)\b.{0,60}", r"follow (?:us|me|@\w+|him|her|them)\b.{0,80}",
    r"sign up (?:for|to|here)\b.{0,90}", r"subscribe(?: to| now| here)?\b.{0,80}", r"(?:click|tap) here\b.{0,80}",
    r"continue reading\b.{0,60}",
    r"(?:read|see|watch|view|get|hear) (?:the )?(?:rest|full|more|whole|entire)\b.{0,60}(?:here|story|article)",
    r"(?:story|article) continues below.{0,40}", r"advertisement", r"sponsored content", r"newsletter", r"comments?",
    r"print", r"e-?mail", r"facebook", r"twitter", r"whatsapp", r"linkedin",
    r"(?:artikkelen|saken|artikeln|artiklen) (?:fortsetter|fortsätter|fortsætter).{0,60}", r"annonse", r"annons",
    r"annonce", r"annonsørinnhold", r"nyhetsbrev", r"del på .{0,40}", r"del (?:artikkelen|saken)",
    r"dela (?:artikeln|på)\b.{0,40}", r"følg oss\b.{0,60}", r"meld deg på\b.{0,80}", r"kommentarer?",
    r"abonner\b.{0,60}", r"anzeige", r"jetzt abonnieren.{0,60}", r"advertentie", r"publicidad",
    r"compartir(?: en)?\b.{0,40}", r"síguenos\b.{0,60}", r"suscríbete\b.{0,60}", r"publicité",
    r"suivez[- ]nous\b.{0,60}", r"partager\b.{0,40}", r"publicidade",
)  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept?", "oct", "nov", "dec", "januar", "februar",
    "mars", "mai", "juni", "juli", "oktober", "desember", "dezember", "januari", "februari", "maj", "augusti",
    "märz", "maart", "mei", "augustus", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
    "septiembre", "setiembre", "octubre", "noviembre", "diciembre", "janvier", "février", "avril", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre", "janeiro", "fevereiro", "março", "maio", "junho",
    "julho", "setembro", "outubro", "novembro", "dezembro", "okt", "des", "dez", "ene", "abr", "ago",
)  # fmt: skip
_WEEKDAYS = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mandag", "tirsdag", "onsdag",
    "torsdag", "fredag", "lørdag", "søndag", "måndag", "tisdag", "lördag", "söndag", "montag", "dienstag",
    "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "maandag", "dinsdag", "woensdag", "donderdag",
    "vrijdag", "zaterdag", "zondag", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "segunda-feira", "terça-feira",
    "quarta-feira", "quinta-feira", "sexta-feira", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
)  # fmt: skip
_DATE_LABELS = (
    "date", "published", "publisert", "publicerad", "udgivet", "offentliggjort", "veröffentlicht", "gepubliceerd",
    "publicado", "publié", "posted", "updated", "last", "modified", "oppdatert", "sist", "uppdaterad", "opdateret",
    "aktualisiert", "bijgewerkt", "actualizado", "mis", "jour", "atualizado", "first", "created", "stand",
)  # fmt: skip
_NEAR_DATES = (
    "a.?m.?", "p.?m.?", "at", "on", "kl", "klokken", "uhr", "um", "den", "de", "del", "le", "el", "à", "a", "às",
    "las", "om", "op", "the", "gmt", "utc", "[a-z]{1,2}[ds]t", "et", "pt", "cet", "z", "t", "min", "ago", "siden",
    "sedan", "hours?", "minutes?", "days?", "timer?", "dager?", "read", "lesetid",
)  # fmt: skip
_BYLINE_WORDS = (
    "by", "av", "af", "von", "door", "por", "par", "text", "tekst", "texto", "texte", "reporting by", "reported by",
    "written by", "skrevet av", "foto og tekst", "tekst og foto", "text och foto", "text und foto", "journalist",
    "author", "from",
)  # fmt: skip
_NAME_LINKS = (
    "and", "og", "och", "und", "en", "y", "e", "et", "i", "in", "von", "van", "der", "den", "de", "la", "del", "da",
    "dos", "di", "für", "for", "til", "fra", "from", "the", "av", "af", "by", "&", "–", "•",
)  # fmt: skip
# What a title in capitals leaves small.
_SMALL_WORDS = (
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "its", "it", "nor", "of", "off",
    "on", "or", "over", "per", "so", "than", "that", "the", "to", "under", "up", "upon", "via", "vs", "with", "&",
    "–", "—", "-", "|", "his", "her", "their", "our", "your", "my", "after", "before",
)  # fmt: skip


def _any(words: Iterable[str], *, literal: bool = False) -> str:
    """A pattern for any of the words, the longest first, so that "photo credit" is not read as "photo"."""
    return "|".join(sorted(map(re.escape, words) if literal else words, key=len, reverse=True))


_CAPITAL = r"(?-i:[^\W\d_a-zà-öø-ÿ])"
_NAMES = r"[^\W\d_][\w.'’\-]*(?:[ ][^\W\d_][\w.'’\-]*){0,5}"
_PARTS = r"(?:[ ]?[/|][ ]?[\w .\-]{2,40}){0,3}"
# "REUTERS/Ann Lee", "Ann Lee/AFP/Getty Images", "Ann Lee / NTB", "Ann Lee via Getty Images", "Getty Images"
_AGENCY_CREDIT = (
    rf"(?:(?:{_any(_AGENCIES)})[ ]?[/|][ ]?{_NAMES}"
    rf"|{_NAMES}[ ]?[/|][ ]?(?:[\w .\-]{{2,40}}[/|][ ]?){{0,4}}(?:{_any(_AGENCIES)})"
    rf"|{_NAMES} via (?:{_any(_AGENCIES)})"
    rf"|getty images|ntb scanpix|ap photo|afp photo|shutterstock){_PARTS}"
)
_AGENCY_LINE = re.compile(rf"{_AGENCY_CREDIT}[.)]*", re.IGNORECASE)
_LABEL = "(?:photo|image|picture|credit|foto|bild|bilde|video|imagen|imagem|crédito|crédit)s?(?: credit| photo)?"
_CREDIT_END = re.compile(
    # "(Photo: Ann Lee)", "(Photo by Ann Lee/AP)", "(\nImage:\nAP)", "(Courtesy of Ann Lee)"
    rf"\(\s*(?:{_LABEL}\s*(?::|(?:by|av|af|von|par|por|via|courtesy of)\s+(?={_CAPITAL}))|courtesy of\s)"
    r"\s*[^()\n]{2,100}\)\.?\s*$"
    # "(AP Photo/Ann Lee)"
    rf"|\(\s*{_AGENCY_CREDIT}\s*\)\.?\s*$"
    # "… on Monday. REUTERS/Ann Lee"
    rf"|(?<=[.!?…”\"»)]\s){_AGENCY_CREDIT}\)?\s*$"
    # "… on Monday. Foto: Ann Lee / NTB"
    rf"|(?<=[.!?…”\"»)\s])(?={_CAPITAL}){_LABEL}\s*:\s*(?:[^:.!?()\n“”\"«»]|(?<=\b\w)\.){{2,80}}$",
    re.IGNORECASE,
)
_SHARE_LINE = re.compile(rf"(?:{'|'.join(_SHARE)})\s*[.!:]?", re.IGNORECASE)
_ADDRESS_LINE = re.compile(r"[\[<(*\-• ]*(?:https?://|www\.)\S+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"(?:[*\-•+] +)?!?\[[^\]\n]{0,300}\]\([^)\s]{1,500}[^)\n]{0,200}\)")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b|all rights reserved).{0,150}", re.IGNORECASE)
_DATE_WORD = re.compile(
    rf"(?:{_any((*_MONTHS, *_WEEKDAYS, *_DATE_LABELS, *_NEAR_DATES))}|\d{{1,4}}(?:st|nd|rd|th|h|º)?)", re.IGNORECASE
)
# "27 June", "June 27", "27.06.2024", "2024-06-27", "14:05"
_DATE_NUMBER = re.compile(
    rf"\b\d{{1,2}}(?:\.|st|nd|rd|th|º)?(?: de)? (?:{_any(_MONTHS)})\b|\b(?:{_any(_MONTHS)})\.? \d{{1,2}}\b"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\b\d{1,2}[:.h]\d\d\b",
    re.IGNORECASE,
)
_BYLINE_OPENER = re.compile(rf"(?:{_any(_BYLINE_WORDS)})\b\s*:?\s*", re.IGNORECASE)
_MAIL_OR_HANDLE = re.compile(r"\W*[\w.+\-]+@[\w\-]+\.[\w.\-]+|@\w{2,30}")
_SIGN_OFF = re.compile(r"\(?(?:(?:additional |further )?reporting|writing|editing|compiled) by\b|redaktion:", re.IGNORECASE)
# Some scrapers leave the name and value of a field: "date 2024-05-01 The bridge …".
_DATED = re.compile(r"(?:date|published)\s*:?\s*\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?(?:\s+|$)", re.IGNORECASE)
# "…, in Oslo, May 1, 2024.", as agencies end a caption
_ENDS_DATED = re.compile(rf"\b(?:{_any(_MONTHS)})\.? \d{{1,2}},? \d{{4}}\W*$", re.IGNORECASE)
_CREDIT_LABEL_ONLY = re.compile(rf"\W*(?:{_any(_CREDITS, literal=True)})\s*:?\s*$", re.IGNORECASE)
# A line that opens so begins a block of its own, whatever the line before it.
_LINE_OPENER = re.compile(
    rf"\W{{0,2}}(?:(?:{_any((*_CREDITS, *_READ_MORE), literal=True)})\s*:|(?:{_any(_AGENCIES)})\s*/\s*\w)",
    re.IGNORECASE,
)
# A pair of marks, or a single mark where the paragraph quotes on beyond its end.
_QUOTED = re.compile(r"[“”„«»\"‹›「」]|''|``|(?<!\w)[‘'‚][^\s'][^’'‘]*[’'‘](?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    read_more: re.Pattern[str]
    credit: re.Pattern[str]
    cues: frozenset[str]


@cache
def _words(language: str) -> _Words:
    # At the top of the file this would be a circle: `index.attribution` reads articles block by block.
    from index.attribution.lexicon import load_lexicon

    lexicon = load_lexicon(language)
    openings = _any((phrase.strip(" :") for phrase in {*_READ_MORE, *lexicon.layout.read_more}), literal=True)
    labels = _any((label.strip(" :") for label in {*_CREDITS, *lexicon.layout.credits}), literal=True)
    by = r"[:：|/]|(?:by|av|af|von|par|por|de|door|via)\b"
    return _Words(
        read_more=re.compile(rf"\W{{0,3}}(?P<opening>{openings})\b(?P<colon>\s*[:：|>»→]\s*)?", re.IGNORECASE),
        credit=re.compile(rf"[\[(*_ ]{{0,3}}(?P<label>{labels})\b(?P<colon>\s*(?:{by}))?\s*", re.IGNORECASE),
        cues=frozenset(word for cue in lexicon.cues if "quote" in cue.takes for word in (*cue.present, *cue.past)),
    )


# --- Kinds

# No link, credit or byline is longer. Bounds what the patterns see, and with it their time.
_LONGEST_LINE = 200
_LONGEST_TITLE = 160
_LONGEST_HEADING = 100
# A longer paragraph with a credit at its end is prose that a credit was glued to.
_LONGEST_CAPTION = 450


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What the rules look at: the two ends of a paragraph, with single blanks; short ones show whole in each."""

    head: str
    tail: str
    length: int
    follows_line: bool

    @property
    def ended(self) -> bool:
        return bool(_SIGNED.search(self.tail)) or self.tail.rstrip(_CLOSING).endswith(_TERMINAL)

    @property
    def opens_with_dash(self) -> bool:
        return self.head.startswith(_DASHES) or (self.head.startswith("-") and self.head[1:2].isalpha())

    @property
    def quotes(self) -> bool:
        return bool(_QUOTED.search(self.head))

    def speaks(self, words: _Words) -> bool:
        """Whether it looks like a sentence that reports speech; its first word may be an imperative ("Read …")."""
        if not self.ended:
            return False
        return self.quotes or any(word.strip(".,:;!?").lower() in words.cues for word in self.head.split()[1:])


def _view(text: str, span: Span) -> _View:
    before = text[max(0, span.start - 40) : span.start]
    n_breaks = len(_LINE_BREAK.findall(before[len(before.rstrip()) :]))
    return _View(
        head=" ".join(text[span.start : min(span.end, span.start + _LONGEST_LINE)].split()),
        tail=" ".join(text[max(span.start, span.end - _LONGEST_LINE) : span.end].split()),
        length=span.length,
        follows_line=n_breaks == 1 and not before.isspace(),
    )


def _kind_alone(view: _View, words: _Words) -> BlockKind | None:
    """The kind that a paragraph's own words tell; None where only its surroundings can."""
    if view.length <= _LONGEST_LINE:
        if not any(map(str.isalnum, view.head)):
            return "prose" if view.quotes else "heading"
        if re.match(r"#{1,6}\s", view.head):
            return "heading"
        if _is_link(view, words):
            return "link"
        if kind := _credit_kind(view, words):
            return kind
        if _is_byline(view.head):
            return "byline"
    if view.length > _LONGEST_CAPTION:
        return None
    if _SIGN_OFF.match(view.head):
        return "byline"
    has_credit = _CREDIT_END.search(view.tail) is not None
    if has_credit and not view.opens_with_dash:
        return "caption"
    if dated := _DATED.match(view.head):
        return "byline" if dated.end() == len(view.head) else "caption" if _ENDS_DATED.search(view.tail) else None
    return None


def _is_link(view: _View, words: _Words) -> bool:
    if _ADDRESS_LINE.fullmatch(view.head) or _MARKDOWN_LINK.fullmatch(view.head):
        return True
    if view.speaks(words):
        return False
    if _SHARE_LINE.fullmatch(view.head):
        return True
    opening = words.read_more.match(view.head)
    if opening is None:
        return False
    bare = not view.head[opening.end() :].strip(" .!")
    return bare or opening["colon"] is not None or opening["opening"].isupper() or not (view.ended or view.quotes)


def _credit_kind(view: _View, words: _Words) -> BlockKind | None:
    if _COPYRIGHT.fullmatch(view.head) or _AGENCY_LINE.fullmatch(view.head.lstrip("( ")):
        return "credit"
    label = words.credit.match(view.head)
    if label is None:
        return None
    rest = view.head[label.end() :].strip(" ()[]*_")
    if not rest:
        return "credit"
    separator = (label["colon"] or "").strip()
    named = all(map(_is_name_word, rest.split()))
    if not separator:
        return "credit" if named and _AGENCY_LINE.search(rest) else None
    if separator.isalpha():
        return "credit" if named and len(rest.split()) <= 10 else None
    if named or not view.ended:
        return "credit"
    # "Video: Troops leave the square." tells what a picture shows.
    return None if view.speaks(words) else "caption"


def _is_name_word(word: str) -> bool:
    bare = word.strip(".,()[]|/•*_:;–—-")
    return not bare[:1].islower() or bare.lower() in _NAME_LINKS or "/" in bare or "@" in bare


def _is_byline(head: str) -> bool:
    if _MAIL_OR_HANDLE.fullmatch(head):
        return True
    tokens = [token for token in re.split(r"[\s,.:/|()\-–—•·]+", head) if token]
    if _DATE_NUMBER.search(head) and all(map(_DATE_WORD.fullmatch, tokens)):
        return True
    opener = _BYLINE_OPENER.match(head)
    if opener is None or len(head) > _LONGEST_HEADING or head.endswith(("!", "?", ":", ";")) or _QUOTED.search(head):
        return False
    words = [word.strip(",;|.") for word in head[opener.end() :].split()]
    words = [word for word in words if word]
    # "By Monday" and "By 2030" are no bylines: somebody must be named.
    names = [word for word in words if word[0].isupper() and not _DATE_WORD.fullmatch(word)]
    others = [word for word in words if word not in names]
    linked = all(word.lower() in _NAME_LINKS or "@" in word or _DATE_WORD.fullmatch(word) for word in others)
    return bool(names) and linked and len(words) <= (4 if head.endswith(".") else 12)


def _mark_captions(views: Sequence[_View], kinds: list[BlockKind | None]) -> None:
    """A line without an end is a caption when a credit follows; one with an end, only when the credit clings to it.

    Many pages drop a credit between two paragraphs of prose, so a credit behind a blank line is no evidence.
    """
    spaced = sum(view.follows_line for view in views) * 3 <= len(views)
    for i, (view, following) in enumerate(pairwise(views)):
        if kinds[i] is not None or kinds[i + 1] != "credit" or view.opens_with_dash or view.length > _LONGEST_CAPTION:
            continue
        clings = spaced and following.follows_line and not view.follows_line
        if clings or not (view.ended or view.quotes):
            kinds[i] = "caption"


def _mark_headings(views: Sequence[_View], kinds: list[BlockKind | None], words: _Words) -> None:
    """Marks the short paragraphs without an end, up to three in a row, that have prose behind them."""
    unknown = [i for i, kind in enumerate(kinds) if kind is None]
    # In a transcript without punctuation, or a script that ends sentences otherwise, a missing stop tells nothing.
    stops_tell = sum(views[i].ended for i in unknown) * 3 > len(unknown)
    ahead: _View | None = None
    n_in_row = 0
    for i in reversed(unknown):
        if ahead and n_in_row < 3 and _is_heading(views[i], ahead, words, first=i == unknown[0], stops_tell=stops_tell):
            kinds[i] = "heading"
            n_in_row += 1
        else:
            ahead, n_in_row = views[i], 0


def _is_heading(view: _View, ahead: _View, words: _Words, *, first: bool, stops_tell: bool) -> bool:
    head = view.head
    if view.length > (_LONGEST_TITLE if first else _LONGEST_HEADING) or _CREDIT_END.search(view.tail):
        return False
    if re.fullmatch(r"(\*\*|__)[^*_]+\1", head):
        return not view.quotes
    if view.ended:
        return not head.rstrip(_CLOSING).endswith((":", ";")) and _is_title(head, first=first)
    introduces = head.split()[-1].lower() in words.cues and (ahead.opens_with_dash or _QUOTED.match(ahead.head))
    if not stops_tell or introduces or head.endswith(",") or re.match(r"(?:[*•+>]|\d{1,3}[.)])\s", head):
        return False
    if first:
        return True
    return not view.quotes and not (view.opens_with_dash and len(head) > 60) and len(head.split()) <= 14


def _is_title(head: str, *, first: bool) -> bool:
    """Whether a line that ends like a sentence is a title: "The Town That Lost Its Ferry.", "FULL TEXT."."""
    if head.startswith(_DASHES) or (_QUOTED.search(head) and not first):
        return False
    tokens = [token for token in (token.strip(".,;:!?()“”‘’\"'") for token in head.split()) if token]
    if head.isupper():
        return len(tokens) <= 3 and "," not in head
    capitals = sum(not token[0].islower() for token in tokens)
    small = sum(token in _SMALL_WORDS for token in tokens)
    return capitals >= 4 and capitals + small == len(tokens) and "." not in head[:-1]
