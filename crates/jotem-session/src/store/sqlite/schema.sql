-- Who the subjects are, once each. What Rust calls a SubjectKey is 12 bytes; `who` is the subject's name
-- after a colon, before it the tenant with its length if there are tenants.
CREATE TABLE jotem_subject (
  subject BLOB NOT NULL PRIMARY KEY,
  who TEXT NOT NULL,
  epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A row is a session, for as long as it lives; a rotation changes it in place. Columns, not one blob:
-- small numbers take fewer bytes so, and people can read them. Sessions of a subject lie side by side.
-- There is no index but the key: what is over is found by walking.
CREATE TABLE jotem_session (
  subject BLOB NOT NULL,
  session BLOB NOT NULL,
  state INTEGER NOT NULL,            -- 0 lives, 1 logged out, 2 a token was reused, 3 revoked
  generation INTEGER NOT NULL,
  rotated_at_ms INTEGER NOT NULL,
  gaps_s BLOB NOT NULL,              -- three numbers of two bytes; a blob, so that a row never grows
  idle_end_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL,
  client INTEGER NOT NULL,
  granted INTEGER NOT NULL,
  authenticated_s INTEGER NOT NULL,
  secret_hash BLOB NOT NULL,
  binding BLOB,
  label TEXT,
  PRIMARY KEY (subject, session)
) STRICT, WITHOUT ROWID;

-- What verifiers are told. A place is never given twice, and places are in the order of commits.
CREATE TABLE jotem_revocation (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  what INTEGER NOT NULL,
  epoch INTEGER,
  until_s INTEGER NOT NULL
) STRICT;

-- Clients and grants by their numbers. One without a name had one, and its number is not given again.
CREATE TABLE jotem_name (
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT,
  PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX jotem_name_by_name ON jotem_name (kind, name);

CREATE TABLE jotem_document (
  name TEXT NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jotem_lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder BLOB NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- For people: sqlite3 file.db 'SELECT * FROM jotem_readable'.
CREATE VIEW jotem_readable AS
SELECT
  subject.who,
  hex(session.session) AS session,
  CASE session.state
    WHEN 0 THEN 'active' WHEN 1 THEN 'logged out' WHEN 2 THEN 'reused' WHEN 3 THEN 'revoked'
  END AS state,
  session.generation,
  datetime(session.rotated_at_ms / 1000, 'unixepoch') AS rotated_at,
  datetime(session.idle_end_s, 'unixepoch') AS idle_end,
  datetime(session.end_s, 'unixepoch') AS ends,
  client.name AS client,
  granted.name AS granted,
  session.binding IS NOT NULL AS is_bound,
  session.label,
  subject.epoch
FROM jotem_session AS session
JOIN jotem_subject AS subject USING (subject)
LEFT JOIN jotem_name AS client ON client.kind = 'client' AND client.number = session.client
LEFT JOIN jotem_name AS granted ON granted.kind = 'grant' AND granted.number = session.granted;
