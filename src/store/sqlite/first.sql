-- Times are microseconds since 1970. Hashes and seals are SHA-256.

-- One row: the form of the file, its mark (see guard.rs), and the numbers that were given out and are gone.
CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    form INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    position INTEGER NOT NULL,
    run INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    configuration TEXT NOT NULL,
    time INTEGER NOT NULL,
    due INTEGER,
    declaration BLOB NOT NULL,
    hash BLOB NOT NULL,
    seal BLOB NOT NULL,
    parent TEXT
) STRICT;

CREATE UNIQUE INDEX run_by_name ON run (owner, name);

CREATE INDEX run_by_due ON run (due, owner, name) WHERE due IS NOT NULL;

-- `hash` covers a record and the hash before it. Records lie in the order in which they came, so that those of one
-- commit share pages, of whatever runs they are.
CREATE TABLE record (
    position INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    version INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    key TEXT,
    entry TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX record_by_version ON record (run, version);

CREATE UNIQUE INDEX record_by_key ON record (run, actor, key) WHERE key IS NOT NULL;

-- A snapshot without a run is to be cleared, part by part; one that is not whole is being written.
CREATE TABLE snapshot (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER,
    is_whole INTEGER NOT NULL,
    version INTEGER NOT NULL,
    hash BLOB NOT NULL,
    chart BLOB NOT NULL,
    declaration BLOB NOT NULL,
    machine_version INTEGER NOT NULL,
    entered TEXT NOT NULL,
    gated INTEGER,
    seal BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX snapshot_by_run ON snapshot (run, is_whole) WHERE run IS NOT NULL;

CREATE INDEX snapshot_to_clear ON snapshot (number) WHERE run IS NULL;

CREATE TABLE snapshot_part (
    snapshot INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (snapshot, part)
) STRICT, WITHOUT ROWID;

-- The notes of the store have the run 0. A note at the head of a run stands as long as the run's last record has the hash
-- `after`; a note of a run as a whole has zeros there.
CREATE TABLE note (
    revision INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    after BLOB NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    due INTEGER,
    seal BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX note_by_name ON note (run, name);

CREATE INDEX note_by_due ON note (due) WHERE due IS NOT NULL;

CREATE TABLE tombstone (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash BLOB NOT NULL,
    actor TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX tombstone_by_run ON tombstone (run);

CREATE TRIGGER record_is_never_changed BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;

CREATE TRIGGER record_is_never_replaced BEFORE INSERT ON record
WHEN EXISTS (SELECT 1 FROM record WHERE run = NEW.run AND version = NEW.version)
    OR EXISTS (SELECT 1 FROM record WHERE position = NEW.position)
    OR NEW.key IS NOT NULL
        AND EXISTS (SELECT 1 FROM record WHERE run = NEW.run AND actor = NEW.actor AND key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'a record is never replaced'); END;

CREATE TRIGGER record_goes_with_its_run_alone BEFORE DELETE ON record
WHEN NOT EXISTS (SELECT 1 FROM tombstone WHERE run = OLD.run)
BEGIN SELECT RAISE(ABORT, 'a record is never deleted, but with its run'); END;

CREATE TRIGGER tombstone_is_never_changed BEFORE UPDATE ON tombstone
BEGIN SELECT RAISE(ABORT, 'a tombstone is never changed'); END;

CREATE TRIGGER tombstone_is_never_replaced BEFORE INSERT ON tombstone
WHEN EXISTS (SELECT 1 FROM tombstone WHERE run = NEW.run OR number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'a tombstone is never replaced'); END;

CREATE TRIGGER tombstone_stays BEFORE DELETE ON tombstone
BEGIN SELECT RAISE(ABORT, 'a tombstone stays'); END;

INSERT INTO store VALUES (1, 1, 0, 0, 0, 0, 0);
