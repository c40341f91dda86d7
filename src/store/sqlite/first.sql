CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    time INTEGER NOT NULL,
    due INTEGER,
    hash BLOB NOT NULL,
    seal BLOB NOT NULL
) STRICT;

CREATE INDEX run_by_due ON run (due, name) WHERE due IS NOT NULL;

-- Times are microseconds since 1970. `hash` covers a record and the hash before it. Records lie in the order in which
-- they came, so that those of one commit share pages, of whatever runs they are.
CREATE TABLE record (
    run INTEGER NOT NULL,
    version INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    key TEXT,
    entry TEXT NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (run, version)
) STRICT;

CREATE UNIQUE INDEX record_by_key ON record (run, key) WHERE key IS NOT NULL;

CREATE TABLE snapshot (
    run INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL,
    entered TEXT NOT NULL,
    seal BLOB NOT NULL
) STRICT;

-- A request for a gate stands as long as its run's last record has the hash `after`.
CREATE TABLE gate (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    after BLOB NOT NULL,
    request BLOB NOT NULL,
    body TEXT NOT NULL,
    seal BLOB NOT NULL,
    UNIQUE (run, request)
) STRICT;

CREATE TABLE tombstone (
    run INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash BLOB NOT NULL,
    actor TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;

CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;

CREATE TRIGGER record_is_never_replaced BEFORE INSERT ON record
WHEN EXISTS (SELECT 1 FROM record WHERE run = NEW.run AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM record WHERE rowid = NEW.rowid)
    OR NEW.key IS NOT NULL AND EXISTS (SELECT 1 FROM record WHERE run = NEW.run AND key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a record is never replaced'); END;

CREATE TRIGGER record_goes_with_its_run_alone BEFORE DELETE ON record
WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE run = OLD.run)
BEGIN SELECT RAISE(ABORT, 'a record is never deleted, but with its run'); END;

CREATE TRIGGER tombstone_is_never_changed BEFORE UPDATE ON tombstone
BEGIN SELECT RAISE(ABORT, 'a tombstone is never changed'); END;

CREATE TRIGGER tombstone_is_never_replaced BEFORE INSERT ON tombstone
WHEN EXISTS (SELECT 1 FROM tombstone WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'a tombstone is never replaced'); END;

CREATE TRIGGER tombstone_stays BEFORE DELETE ON tombstone
BEGIN SELECT RAISE(ABORT, 'a tombstone stays'); END;
