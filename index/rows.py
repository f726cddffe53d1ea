"""Records as rows of the library's tables, and back."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from index.records import Addressee, Article, FoundBy, Passage, Person, Role, Span, Statement

ARTICLE_COLUMNS = "id, path, url, outlet, title, published, language, text"


def read_article(row: Sequence[Any]) -> Article:
    return Article(
        id=row[0],
        path=row[1],
        url=row[2],
        outlet=row[3],
        title=row[4],
        published=date.fromisoformat(row[5]) if row[5] else None,
        language=row[6],
        text=row[7],
    )


def read_passage(row: Sequence[Any]) -> Passage:
    span = Span(row[2], row[3])
    return Passage(id=row[0], article_id=row[1], span=span, text=span.of(row[4]))


def person_json(person: Person) -> str:
    return json.dumps(
        {
            "name": person.name,
            "aliases": person.aliases,
            "roles": [[role.text, role.article_id, *role.span] for role in person.roles],
            "gender": person.gender,
            "kind": person.kind,
        },
        ensure_ascii=False,
    )


def read_person(person_id: str, record: str) -> Person:
    fields = json.loads(record)
    return Person(
        id=person_id,
        name=fields["name"],
        aliases=tuple(fields["aliases"]),
        roles=tuple(Role(text=role[0], article_id=role[1], span=Span(role[2], role[3])) for role in fields["roles"]),
        gender=fields["gender"],
        kind=fields["kind"],
    )


def statement_json(statement: Statement) -> str:
    """All but the ids and the persons, which have columns of their own."""
    addressee = statement.addressee
    return json.dumps(
        {
            "content": [list(span) for span in statement.content],
            "cue": [list(span) for span in statement.cue],
            "source": [list(span) for span in statement.source],
            "quoted": [list(span) for span in statement.quoted],
            "addressee": None if addressee is None else {"span": addressee.span and list(addressee.span)},
            "scene": statement.scene and list(statement.scene),
            "reported_by": statement.reported_by,
            "medium": statement.medium,
            "kind": statement.kind,
            "act": statement.act,
            "polarity": statement.polarity,
            "modality": statement.modality,
            "language": statement.language,
            "found_by": [statement.found_by.name, statement.found_by.score],
        },
        ensure_ascii=False,
    )


def read_statement(
    statement_id: str, article_id: str, record: str, speaker: Person | None, addressee: Person | None
) -> Statement:
    fields = json.loads(record)
    to = fields["addressee"]
    return Statement(
        id=statement_id,
        article_id=article_id,
        content=_spans(fields["content"]),
        cue=_spans(fields["cue"]),
        source=_spans(fields["source"]),
        quoted=_spans(fields["quoted"]),
        speaker=speaker,
        addressee=None if to is None else Addressee(span=to["span"] and Span(*to["span"]), person=addressee),
        scene=fields["scene"] and Span(*fields["scene"]),
        reported_by=fields["reported_by"],
        medium=fields["medium"],
        kind=fields["kind"],
        act=fields["act"],
        polarity=fields["polarity"],
        modality=fields["modality"],
        language=fields["language"],
        found_by=FoundBy(name=fields["found_by"][0], score=fields["found_by"][1]),
    )


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)
