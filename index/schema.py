"""The tables of a library's database."""

SCHEMA = """
-- The truth of a library. `no` numbers join the rows to their words in the two FTS5 tables.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE articles (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    url TEXT,
    outlet TEXT,
    title TEXT,
    published TEXT,                     -- 2024-06-27
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    made_by TEXT NOT NULL               -- which version of the extraction found its statements
) STRICT;
CREATE INDEX articles_published ON articles (published);

CREATE TABLE passages (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    embedded INTEGER NOT NULL DEFAULT 0 -- whether the vectors have it
) STRICT;
CREATE INDEX passages_article ON passages (article_id, start);
CREATE INDEX passages_pending ON passages (no) WHERE embedded = 0;
CREATE VIRTUAL TABLE passages_fts USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE statements (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,             -- of the content
    "end" INTEGER NOT NULL,
    speaker TEXT,                       -- ids within the article: see article_people and links
    addressee TEXT,
    record TEXT NOT NULL,               -- JSON
    embedded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX statements_article ON statements (article_id, start);
CREATE INDEX statements_speaker ON statements (article_id, speaker);
CREATE INDEX statements_pending ON statements (no) WHERE embedded = 0;
CREATE VIRTUAL TABLE statements_fts USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2');

-- The persons as each article shows them; `people` and `links` are made of these by `people.merge`.
CREATE TABLE article_people (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    local_id TEXT NOT NULL,
    record TEXT NOT NULL,               -- JSON
    PRIMARY KEY (article_id, local_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE people (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE links (
    article_id TEXT NOT NULL,
    local_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    PRIMARY KEY (article_id, local_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_person ON links (person_id, article_id);
CREATE TABLE corrections (
    article_id TEXT NOT NULL,
    local_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (article_id, local_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (path TEXT PRIMARY KEY, mark TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE file_articles (
    path TEXT NOT NULL REFERENCES files (path) ON DELETE CASCADE,
    article_id TEXT NOT NULL,
    PRIMARY KEY (path, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_articles_article ON file_articles (article_id);

-- Vectors of rows that are gone, still to be taken out of Chroma.
CREATE TABLE removed_vectors (kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;

CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN
    DELETE FROM passages_fts WHERE rowid = old.no;
    INSERT OR IGNORE INTO removed_vectors VALUES ('passages', old.id);
END;
CREATE TRIGGER statements_gone AFTER DELETE ON statements BEGIN
    DELETE FROM statements_fts WHERE rowid = old.no;
    INSERT OR IGNORE INTO removed_vectors VALUES ('statements', old.id);
END;
"""
