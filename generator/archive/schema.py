"""The tables of the archive. Raw JSON is kept whole; the columns beside it are to sort and filter by.

Dates are seconds since 1970, UTC. `digest` is a 64-bit number that changes with the object's content,
`text_digest` one that changes with what the search index knows of a patch beyond its columns.

The tables are made by the steps below, in turn; the last one renames many of them. To see them as they are:
`sqlite3 content/archive.db .schema`.
"""

_OBJECTS = """
CREATE TABLE project (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, link_name TEXT NOT NULL, name TEXT NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE user (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL, name TEXT NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE series (
    id INTEGER PRIMARY KEY, project_id INTEGER, name TEXT NOT NULL, topic TEXT NOT NULL,
    version INTEGER, total INTEGER, date INTEGER, submitter_id INTEGER, cover_id INTEGER,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE cover (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, series_id INTEGER, slug TEXT NOT NULL,
    msgid TEXT NOT NULL, name TEXT NOT NULL, date INTEGER NOT NULL, submitter_id INTEGER,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE patch (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, series_id INTEGER, number INTEGER,
    slug TEXT NOT NULL, msgid TEXT NOT NULL, name TEXT NOT NULL, date INTEGER NOT NULL,
    submitter_id INTEGER, delegate_id INTEGER, state TEXT NOT NULL, archived INTEGER NOT NULL,
    hash TEXT, words INTEGER NOT NULL,
    acked INTEGER NOT NULL, reviewed INTEGER NOT NULL, tested INTEGER NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE comment (
    parent_kind TEXT NOT NULL, id INTEGER NOT NULL, parent_id INTEGER NOT NULL, msgid TEXT NOT NULL,
    date INTEGER NOT NULL, submitter_id INTEGER,
    acked INTEGER NOT NULL, reviewed INTEGER NOT NULL, tested INTEGER NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (parent_kind, id)) WITHOUT ROWID;
CREATE TABLE check_result (
    id INTEGER PRIMARY KEY, patch_id INTEGER NOT NULL, user_id INTEGER, context TEXT NOT NULL,
    state TEXT NOT NULL, date INTEGER NOT NULL, digest INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, patch_id INTEGER, category TEXT NOT NULL, date INTEGER NOT NULL,
    digest INTEGER NOT NULL, raw BLOB NOT NULL);
-- Values by which patches are listed and that no column holds: kind is 'folder' or 'prefix'.
CREATE TABLE facet (
    patch_id INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (patch_id, kind, value)) WITHOUT ROWID;
-- Message ids that a mail's text names: they become links once that mail is in the archive.
CREATE TABLE mention (
    kind TEXT NOT NULL, id INTEGER NOT NULL, msgid TEXT NOT NULL,
    PRIMARY KEY (kind, id, msgid)) WITHOUT ROWID;
-- One row: a name that no other archive has, and a number that grows with every change.
CREATE TABLE meta (name TEXT NOT NULL, revision INTEGER NOT NULL);
INSERT INTO meta VALUES (hex(randomblob(8)), 0);
-- Files under content/patches/ that were read to their end without a fault.
CREATE TABLE source_file (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL);

CREATE UNIQUE INDEX patch_slug ON patch (project_id, slug);
CREATE UNIQUE INDEX cover_slug ON cover (project_id, slug);
CREATE INDEX series_topic ON series (project_id, topic);
CREATE INDEX patch_series ON patch (series_id);
CREATE INDEX patch_date ON patch (project_id, date, id);
CREATE INDEX patch_msgid ON patch (msgid);
CREATE INDEX patch_hash ON patch (hash);
CREATE INDEX cover_series ON cover (series_id);
CREATE INDEX cover_msgid ON cover (msgid);
CREATE INDEX comment_parent ON comment (parent_kind, parent_id);
CREATE INDEX comment_msgid ON comment (msgid);
CREATE INDEX check_patch ON check_result (patch_id);
CREATE INDEX event_patch ON event (patch_id);
"""

#: What a pull knows of its server, and what local changes and vanished objects are laid over it.
_MIRROR = """
-- One row: the server that the archive mirrors (host and path, no scheme), the API version used last,
-- the times (seconds since 1970) of its first event and of its first event about a comment.
CREATE TABLE pull_server (
    root TEXT NOT NULL, version TEXT NOT NULL, first_event INTEGER, first_comment INTEGER);
-- How far a project's list of a kind is known: every object from `bottom` to `mark` is in the archive
-- or in pull_todo. `listed` is when the whole list was last walked (seconds since 1970).
CREATE TABLE pull_mark (
    project_id INTEGER NOT NULL, kind TEXT NOT NULL, mark INTEGER NOT NULL, bottom INTEGER NOT NULL,
    listed INTEGER NOT NULL, PRIMARY KEY (project_id, kind)) WITHOUT ROWID;
-- A walk through a list that isn't done: the page it is at, the highest id it has seen, its aim.
CREATE TABLE pull_walk (
    scope TEXT NOT NULL, kind TEXT NOT NULL, page INTEGER NOT NULL, top INTEGER NOT NULL,
    depth INTEGER NOT NULL, PRIMARY KEY (scope, kind)) WITHOUT ROWID;
-- What a walk through a whole list has met so far: anything else is perhaps gone.
CREATE TABLE pull_listed (
    kind TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
-- What has to be asked for. why: 0 not known in full, 1 something of it changed (its line in a list
-- settles that), 2 only to look at it again.
CREATE TABLE pull_todo (
    what TEXT NOT NULL, id INTEGER NOT NULL, why INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (what, id)) WITHOUT ROWID;
-- From when on a project's events are asked for again, and those of them that are known (dates in
-- ISO 8601, as the server's clock had them, with microseconds).
CREATE TABLE pull_cursor (project_id INTEGER PRIMARY KEY, since TEXT NOT NULL);
CREATE TABLE pull_event (id INTEGER PRIMARY KEY, date TEXT NOT NULL);
-- Objects that the server no longer has, and since when that is known (seconds since 1970).
CREATE TABLE gone (
    kind TEXT NOT NULL, id INTEGER NOT NULL, noticed INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
-- Fields of patches that content/updates/ sets: a JSON object laid over the patch.
CREATE TABLE local_change (patch_id INTEGER PRIMARY KEY, fields TEXT NOT NULL);

ALTER TABLE event ADD COLUMN cover_id INTEGER;
CREATE INDEX event_history ON event (patch_id, id, digest)
    WHERE category IN ('patch-state-changed', 'patch-delegated');
CREATE INDEX event_cover ON event (cover_id) WHERE cover_id IS NOT NULL;
"""

#: Everything of a month is found without going through the years.
_MONTHS = """
CREATE INDEX series_date ON series (project_id, coalesce(date, 0), id);
CREATE INDEX cover_date ON cover (project_id, date, id);
"""

#: What mails say of each other and of people, and which series are versions of the same work.
_LINEAGE = """
-- What ties a series to its earlier versions. kind is 'patch' or 'cover'; how is 'answers' (a message
-- id), 'change-id' (of a cover letter or first patch) or 'related' (the number of a patch).
CREATE TABLE kin (
    kind TEXT NOT NULL, id INTEGER NOT NULL, how TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, id, how, value)) WITHOUT ROWID;
-- Who stands in the trailers of a mail, but for those who signed it off. kind is that of a mention,
-- tag the word before `-by`.
CREATE TABLE trailer (
    kind TEXT NOT NULL, id INTEGER NOT NULL, tag TEXT NOT NULL, name TEXT NOT NULL,
    email TEXT NOT NULL, PRIMARY KEY (kind, id, tag, name, email)) WITHOUT ROWID;
CREATE INDEX trailer_email ON trailer (email);
-- Series that have other versions: the one before, and the number of the one it all began with.
CREATE TABLE lineage (series_id INTEGER PRIMARY KEY, previous INTEGER, work INTEGER NOT NULL);
CREATE INDEX lineage_work ON lineage (work);
CREATE INDEX lineage_previous ON lineage (previous);
-- What content/updates/ says of that: previous is NULL where a series begins a work.
CREATE TABLE series_link (series_id INTEGER PRIMARY KEY, previous INTEGER);
CREATE INDEX comment_person ON comment (submitter_id);
CREATE INDEX patch_person ON patch (submitter_id);
CREATE INDEX cover_person ON cover (submitter_id);
CREATE INDEX person_name ON person (name);
-- The form of what was read out of the mails' texts (archive/derived.py), and the revision that the
-- lineage was made for.
ALTER TABLE meta ADD COLUMN derived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN lineage INTEGER NOT NULL DEFAULT -1;
UPDATE meta SET derived = 1
    WHERE NOT EXISTS (SELECT 1 FROM patch) AND NOT EXISTS (SELECT 1 FROM cover);
"""

#: A plan goes through all patches several times, by number and by project: a tenth of the table will do.
_PLANS = """
DROP INDEX patch_date;
CREATE INDEX patch_date ON patch (
    project_id, date, id, digest, state, series_id, submitter_id, delegate_id, archived, acked,
    reviewed, tested);
CREATE INDEX patch_plan ON patch (
    id, digest, words, project_id, series_id, date, slug, number, submitter_id, name, msgid, state,
    delegate_id, archived, acked, reviewed, tested);
"""

#: Tables and columns under the names of the field, which are those in Python. The comments on columns that
#: the steps above give still hold.
_NAMES = """
-- One row: the server that the archive mirrors.
ALTER TABLE pull_server RENAME TO server;
ALTER TABLE server RENAME COLUMN version TO api_version;
-- How far a project's list is known (ListProgress), and crawls that aren't complete (ListCrawl).
ALTER TABLE pull_mark RENAME TO list_progress;
ALTER TABLE list_progress RENAME COLUMN mark TO highest;
ALTER TABLE list_progress RENAME COLUMN bottom TO lowest;
ALTER TABLE list_progress RENAME COLUMN listed TO listed_at;
ALTER TABLE pull_walk RENAME TO list_crawl;
ALTER TABLE list_crawl RENAME COLUMN top TO highest;
-- What a crawl of a full list has seen: what else the archive has may be deleted on the server.
ALTER TABLE pull_listed RENAME TO list_seen;
-- What is still to be fetched; for the reasons see FetchQueue.
ALTER TABLE pull_todo RENAME TO fetch_queue;
ALTER TABLE fetch_queue RENAME COLUMN what TO resource;
ALTER TABLE fetch_queue RENAME COLUMN why TO reason;
ALTER TABLE fetch_queue RENAME COLUMN tries TO attempts;
-- From when on a project's events are read again, and those of that time that were read.
ALTER TABLE pull_cursor RENAME TO event_cursor;
ALTER TABLE pull_event RENAME TO event_seen;
-- Objects that were deleted on the server.
ALTER TABLE gone RENAME TO deletion;
-- What content/updates/ sets: fields of patches, and the previous versions of series.
ALTER TABLE local_change RENAME TO patch_override;
ALTER TABLE series_link RENAME TO series_override;
-- Ties between series, and the versions of a work (all versions of one series) that follow from them.
ALTER TABLE kin RENAME TO series_tie;
ALTER TABLE lineage RENAME TO series_version;
DROP INDEX lineage_work;
DROP INDEX lineage_previous;
CREATE INDEX series_version_work ON series_version (work);
CREATE INDEX series_version_previous ON series_version (previous);
-- The revision of the archive that series_version was made for.
ALTER TABLE meta RENAME COLUMN lineage TO versions_revision;
ALTER TABLE patch RENAME COLUMN words TO text_digest;
"""

#: Mails that claimed a series of another project, whose page theirs can't lead to, have none.
_ONE_PROJECT = """
UPDATE patch SET series_id = NULL WHERE EXISTS (
    SELECT 1 FROM series s WHERE s.id = series_id AND s.project_id <> patch.project_id);
UPDATE cover SET series_id = NULL WHERE EXISTS (
    SELECT 1 FROM series s WHERE s.id = series_id AND s.project_id <> cover.project_id);
UPDATE meta SET revision = revision + 1;
"""

#: When a crawl of a list was given up because that has no end (seconds since 1970); 0: it goes on. A list
#: of the kind `event` is that of the events.
_ENDLESS = """
ALTER TABLE list_crawl ADD COLUMN given_up INTEGER NOT NULL DEFAULT 0;
"""

#: The search index goes through cover letters and comments by their dates.
_BY_DATE = """
CREATE INDEX cover_plan ON cover (date, id, digest, series_id);
CREATE INDEX comment_plan ON comment (date, parent_kind, id, parent_id, digest);
"""

#: Mails whose sender's clock was wrong, and series that they began (archive/wrong_clocks.py): the date that
#: they came with. `date` of the object is the one by which it is listed.
_WRONG_CLOCKS = """
CREATE TABLE wrong_clock (
    kind TEXT NOT NULL, id INTEGER NOT NULL, sent INTEGER NOT NULL, evidence TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""

#: Patches and cover letters without a series, and the message ids that they answer, nearest first, with
#: blanks between: archive/worked_out_series.py makes series of them.
_WITHOUT_SERIES = """
CREATE TABLE mail_without_series (
    kind TEXT NOT NULL, id INTEGER NOT NULL, answers TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
-- A digest of what they were made for.
ALTER TABLE meta ADD COLUMN worked_out_for BLOB NOT NULL DEFAULT X'';
"""

#: What versions of a series are called, and earlier series that one was not joined to, with the reason.
_LABELS = """
ALTER TABLE series_version ADD COLUMN label TEXT NOT NULL DEFAULT '';
CREATE TABLE series_unjoined (series_id INTEGER PRIMARY KEY, other INTEGER NOT NULL, reason TEXT NOT NULL);
UPDATE meta SET versions_revision = -1;
"""

#: The day on which a mail was stored that was dated later (seconds since 1970); NULL with other evidence.
_NOTICED = """
ALTER TABLE wrong_clock ADD COLUMN noticed INTEGER;
"""

#: What the server's lists offer: states (0, 1 or NULL where it isn't known whether patches in it wait for
#: somebody), and those that patches can be delegated to.
_VOCABULARY = """
CREATE TABLE server_state (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, slug TEXT NOT NULL, action_required INTEGER);
CREATE TABLE server_delegate (number INTEGER PRIMARY KEY, username TEXT NOT NULL);
"""

#: What series depend on. kind is patch or cover for a `Depends-on:` line of such a mail, series for what the
#: server says of a series; named, value and host say what the line names (mail/depends_on.py).
_DEPENDENCIES = """
CREATE TABLE depends_on (
    kind TEXT NOT NULL, id INTEGER NOT NULL, target TEXT NOT NULL, named TEXT NOT NULL,
    value TEXT NOT NULL, host TEXT NOT NULL, PRIMARY KEY (kind, id, target)) WITHOUT ROWID;
-- What follows from it (archive/series_dependencies.py). other: the series that is to be applied first, NULL
-- where the archive has none of that address.
CREATE TABLE series_dependency (
    series_id INTEGER NOT NULL, target TEXT NOT NULL, other INTEGER,
    PRIMARY KEY (series_id, target)) WITHOUT ROWID;
CREATE INDEX series_dependency_other ON series_dependency (other) WHERE other IS NOT NULL;
"""

#: Commits of the projects' repositories, and the patches that they are (generator/landed/). Names of commits
#: are bytes; `place` is that of the first branch that has a commit, in the order of site.toml.
_LANDED = """
CREATE TABLE repository (
    project_id INTEGER PRIMARY KEY, path TEXT NOT NULL,
    -- The notes (names of objects) and a digest of the tags that were read.
    notes TEXT NOT NULL DEFAULT '', tags BLOB NOT NULL DEFAULT X'',
    -- How many commits `rarity` was counted for, and that (see generator/landed/rarity.py).
    counted INTEGER NOT NULL DEFAULT 0, rarity BLOB NOT NULL DEFAULT X'');
-- The branches as they were read: the commit at their tip, and its date.
CREATE TABLE repository_branch (
    project_id INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL, tip BLOB NOT NULL,
    date INTEGER NOT NULL, PRIMARY KEY (project_id, place)) WITHOUT ROWID;
CREATE TABLE git_commit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL, sha BLOB NOT NULL,
    place INTEGER NOT NULL, author TEXT NOT NULL, authored INTEGER NOT NULL, committer TEXT NOT NULL,
    committed INTEGER NOT NULL, title TEXT NOT NULL, release TEXT NOT NULL DEFAULT '',
    reverts TEXT NOT NULL, picked TEXT NOT NULL,
    features BLOB NOT NULL);
CREATE UNIQUE INDEX git_commit_sha ON git_commit (sha, project_id);
CREATE INDEX git_commit_reverts ON git_commit (reverts) WHERE reverts <> '';
-- What pairs of patches and commits are found by (generator/landed/features.py).
CREATE TABLE commit_key (
    key INTEGER NOT NULL, commit_id INTEGER NOT NULL, PRIMARY KEY (key, commit_id)) WITHOUT ROWID;
CREATE TABLE patch_key (
    key INTEGER NOT NULL, patch_id INTEGER NOT NULL, PRIMARY KEY (key, patch_id)) WITHOUT ROWID;
-- The patches that were matched, with the digest that they had then; NULL: they are to be matched again.
CREATE TABLE patch_features (patch_id INTEGER PRIMARY KEY, digest INTEGER, features BLOB NOT NULL);
-- Pairs that fit, and of these the links that are shown: see LandedLink and generator/landed/rules.py.
CREATE TABLE landed_claim (
    patch_id INTEGER NOT NULL, commit_id INTEGER NOT NULL, claim BLOB NOT NULL,
    PRIMARY KEY (patch_id, commit_id)) WITHOUT ROWID;
CREATE INDEX landed_claim_commit ON landed_claim (commit_id);
CREATE TABLE landed_link (
    patch_id INTEGER NOT NULL, commit_id INTEGER NOT NULL, role TEXT NOT NULL, certainty TEXT NOT NULL,
    found TEXT NOT NULL, similarity INTEGER NOT NULL, PRIMARY KEY (patch_id, commit_id)) WITHOUT ROWID;
CREATE INDEX landed_link_commit ON landed_link (commit_id);
-- What content/updates/ sets: the name of a commit, or NULL where a patch is none.
CREATE TABLE landed_override (patch_id INTEGER PRIMARY KEY, sha TEXT);
"""

#: Bundles, of which public ones are published; also those of the archive's owner (archive/patch_bundles.py).
_BUNDLES = """
CREATE TABLE bundle (
    id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
    is_public INTEGER NOT NULL, digest INTEGER NOT NULL, raw BLOB NOT NULL);
"""

#: What lists of changes know of mails without reading them: whether the server calls a comment addressed (1)
#: or open (0), and the commit that it names for a patch. Mails of which it says nothing have no row.
_MARKS = """
CREATE TABLE comment_mark (
    kind TEXT NOT NULL, id INTEGER NOT NULL, addressed INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE patch_commit (
    kind TEXT NOT NULL, id INTEGER NOT NULL, commit_ref TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""

#: How a patch and the commit that it landed as differ (archive/landed_changes.py): what that takes in a few
#: words (JSON), and what its page shows, packed, or nothing. digest, form: the patch's text, and how it was
#: compared.
_LANDED_CHANGES = """
CREATE TABLE landed_change (
    patch_id INTEGER PRIMARY KEY, commit_id INTEGER NOT NULL, digest INTEGER NOT NULL,
    form INTEGER NOT NULL, summary TEXT NOT NULL, shown BLOB NOT NULL);
"""

#: The server's own order of states, and what only a dump of its database tells (archive/vocabulary.py).
_SETTINGS = """
ALTER TABLE server_state ADD COLUMN place INTEGER;
CREATE TABLE server_setting (
    kind TEXT NOT NULL, number INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, number)) WITHOUT ROWID;
"""

#: The zone of the server's clock (archive/server_clock.py), and the newest event that it was worked out for.
#: Events by project and date; `project_id` of those that were there before is filled by archive/derived.py.
_EVENTS = """
CREATE TABLE server_clock (zone TEXT NOT NULL, newest INTEGER NOT NULL);
ALTER TABLE event ADD COLUMN project_id INTEGER;
CREATE INDEX event_date ON event (project_id, date, id, digest);
"""

#: The files that patches change, by their old and new paths: which subsystems they belong to follows from it.
_CHANGED_PATHS = """
CREATE TABLE changed_path (
    patch_id INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (patch_id, path)) WITHOUT ROWID;
"""

#: How many pages the site has of each file of a large diff (generator/diff/layout.py).
_DIFF_PAGES = """
CREATE TABLE diff_page (
    patch_id INTEGER NOT NULL, file INTEGER NOT NULL, pages INTEGER NOT NULL,
    PRIMARY KEY (patch_id, file)) WITHOUT ROWID;
"""

#: Each step migrates an archive to the next version; a new archive takes them all. A step that was
#: published never changes. An older Stillwork refuses a newer archive.
STEPS = [
    _OBJECTS,
    _MIRROR,
    _MONTHS,
    _LINEAGE,
    _PLANS,
    _NAMES,
    _ONE_PROJECT,
    _ENDLESS,
    _BY_DATE,
    _WRONG_CLOCKS,
    _WITHOUT_SERIES,
    _LABELS,
    _NOTICED,
    _VOCABULARY,
    _DEPENDENCIES,
    _LANDED,
    _BUNDLES,
    _MARKS,
    _LANDED_CHANGES,
    _SETTINGS,
    _EVENTS,
    _CHANGED_PATHS,
    _DIFF_PAGES,
]
VERSION = len(STEPS)
