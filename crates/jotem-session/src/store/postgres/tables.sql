-- What there is. Numbers of 32 bits without a sign lie in `int` with the same bits, and those of 16 in
-- `smallint`: a row that is eight bytes shorter for each. Read them as `number::bigint & 4294967295`.

CREATE TABLE jotem_subjects (
  subject bytea PRIMARY KEY,            -- the MAC of tenant and name that refresh tokens carry
  epoch bigint NOT NULL,
  who text NOT NULL
) WITH (fillfactor = 90);

-- One partition for each week in which sessions end: the first two bytes of `session` are the day.
-- What is in no such week is in jotem_sessions_other.
CREATE TABLE jotem_sessions (
  rotated_at_ms bigint NOT NULL,
  generation int NOT NULL,
  idle_end_s int NOT NULL,
  end_s int NOT NULL,
  client int NOT NULL,
  granted int NOT NULL,
  authenticated_s int NOT NULL,
  gap_1 smallint NOT NULL,
  gap_2 smallint NOT NULL,
  gap_3 smallint NOT NULL,
  state smallint NOT NULL,              -- 0 lives, 1 logged out, 2 reused, 3 revoked
  subject bytea NOT NULL,
  session bytea NOT NULL,
  secret_hash bytea NOT NULL,
  binding bytea,
  label text,
  PRIMARY KEY (subject, session)        -- no index has a column that a rotation changes: it stays HOT
) PARTITION BY RANGE (session);

CREATE TABLE jotem_sessions_other PARTITION OF jotem_sessions DEFAULT WITH (fillfactor = 80);

-- What verifiers are told. The order in which numbers are given is not the order in which they are
-- committed, so a row also says which transaction wrote it: see feed.rs.
CREATE TABLE jotem_feed (
  written_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
  place bigint GENERATED ALWAYS AS IDENTITY,
  what bigint NOT NULL,
  epoch bigint,
  until_s bigint NOT NULL,
  PRIMARY KEY (written_by, place)
);
CREATE INDEX jotem_feed_until ON jotem_feed (until_s);

CREATE TABLE jotem_names (
  kind text NOT NULL,
  number int NOT NULL,
  digest bytea NOT NULL,                -- SHA-256 of the name, which may be longer than an index takes
  name text NOT NULL,
  PRIMARY KEY (kind, number),
  UNIQUE (kind, digest)
);

CREATE TABLE jotem_documents (
  name text PRIMARY KEY,
  revision bigint NOT NULL,
  content text NOT NULL
);

CREATE TABLE jotem_leases (
  name text PRIMARY KEY,
  holder bytea NOT NULL,
  until_ms bigint NOT NULL
) WITH (fillfactor = 50);

-- Up to where the subjects were looked through: one row.
CREATE TABLE jotem_upkeep (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  subject bytea NOT NULL
);
INSERT INTO jotem_upkeep (subject) VALUES ('');

CREATE FUNCTION jotem_now_ms() RETURNS bigint LANGUAGE sql VOLATILE
AS $$ SELECT floor(date_part('epoch', clock_timestamp()) * 1000)::bigint $$;

-- The `int` with the bits of a number of 32 bits, the largest one for more.
CREATE FUNCTION jotem_bits(number bigint) RETURNS int LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN number < 2147483648 THEN number ELSE least(number, 4294967295) - 4294967296 END::int $$;

-- Tells verifiers.
CREATE FUNCTION jotem_publish(what bigint, epoch bigint, now_ms bigint, keep_s bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$ INSERT INTO jotem_feed (what, epoch, until_s)
      VALUES ($1, $2, least(($3 + 999) / 1000 + $4, 4294967295)) $$;
