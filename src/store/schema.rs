//! The tables of the store.

/// Visits, texts and entries.
pub(crate) const PAGES: &str = "
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    status INTEGER,
    final_url TEXT NOT NULL,
    moved_to TEXT,
    archived INTEGER NOT NULL,
    due INTEGER NOT NULL,
    interval_s INTEGER NOT NULL
) STRICT;
CREATE INDEX visits_of_a_page ON visits (key, id);
-- Bodies by themselves: a copy is written again when it is judged and when it is found good, and
-- texts are read one after the other for each index.
CREATE TABLE bodies (
    copy INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
-- A version without a text has that of the good copy.
CREATE TABLE versions (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_by_date ON versions (at);
CREATE TABLE entries (
    key TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    removed INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL
) STRICT;
";

/// Copies. The text stands last: what stands behind it is read with it.
pub(crate) const COPIES: &str = "
CREATE TABLE copies (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('good', 'last')),
    fetched_at INTEGER NOT NULL,
    final_url TEXT NOT NULL,
    headers TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('page', 'summary', 'parts')),
    -- Both are of a copy from a web archive, and missing for one from the site itself.
    captured INTEGER,
    instead_of TEXT,
    hash INTEGER NOT NULL,
    version INTEGER,
    outcome TEXT,
    reason TEXT,
    text_hash INTEGER,
    sketch BLOB,
    text BLOB,
    UNIQUE (key, role),
    CHECK ((captured IS NULL) = (instead_of IS NULL))
) STRICT;
CREATE INDEX copies_by_version ON copies (version);
CREATE TRIGGER a_body_goes_with_its_copy AFTER DELETE ON copies BEGIN
    DELETE FROM bodies WHERE copy = OLD.id;
END;
";

/// What an update remembers beside the pages.
pub(crate) const BESIDE: &str = "
CREATE TABLE lists (
    url TEXT PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    hash INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE postponed_lists (
    url TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,
    fetched_at INTEGER NOT NULL,
    status INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE claims (
    key TEXT PRIMARY KEY,
    declared TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE follow_ups (
    key TEXT PRIMARY KEY,
    place TEXT NOT NULL CHECK (place IN ('instead', 'after', 'before')),
    page TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE follow_up_urls (
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    failed_pages INTEGER,
    is_extracting INTEGER NOT NULL DEFAULT 0,
    unfinished_since INTEGER,
    unfinished_refresh INTEGER NOT NULL DEFAULT 0,
    is_without_userinfo INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO state (id) VALUES (1);
";

/// Entries that stay when their list does not have them any more. It was added without another version
/// of the tables: a program that does not know it leaves it alone.
pub(crate) const KEPT: &str = "
CREATE TABLE IF NOT EXISTS kept_entries (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    entry TEXT NOT NULL,
    UNIQUE (list, key)
) STRICT;
";

/// Pages that no list names, in the order in which they came.
pub(crate) const UNLISTED: &str = "
CREATE TABLE unlisted (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    entry TEXT NOT NULL
) STRICT;
";

/// What the lists had when the index was last published, and where entries stood before their links
/// moved. A former key leads to one entry; of its first one the id of its document is made.
pub(crate) const MOVES: &str = "
CREATE TABLE published (
    key TEXT NOT NULL,
    list TEXT NOT NULL,
    PRIMARY KEY (key, list)
) STRICT, WITHOUT ROWID;
CREATE TABLE former_keys (
    former TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    is_first INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_keys_of_an_entry ON former_keys (key);
";
