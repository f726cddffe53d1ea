"""The people whom questions are read among: what the tests of understanding share."""

from index.records import Person, Role, Span


def person(name: str, *roles: str, kind: str = "person") -> Person:
    return Person(
        id="-".join(name.lower().split()),
        name=name,
        roles=tuple(Role(text=role, article_id="a", span=Span(0, 1)) for role in roles),
        kind="organisation" if kind == "organisation" else "person",
    )


LEE = person("Ann Lee", "mayor of Oslo")
ORDONEZ = person("Luis Ordóñez", "Spain's prime minister")
SOL = person("Pia Solberg", "finance minister")
