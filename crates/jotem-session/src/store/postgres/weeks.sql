-- Partitions: one for each week of days since 1970, named after its first day. They are made and
-- dropped with the rights of whoever made the tables, so that the program needs no others than to
-- read and write.

-- The day of a session, and the bytes that a session of a day begins with.
CREATE FUNCTION jotem_day(session bytea) RETURNS int LANGUAGE sql IMMUTABLE
AS $$ SELECT get_byte($1, 0) * 256 + get_byte($1, 1) $$;

CREATE FUNCTION jotem_first_of_day(day int) RETURNS bytea LANGUAGE sql IMMUTABLE
AS $$ SELECT decode(lpad(to_hex($1), 4, '0'), 'hex') $$;

CREATE FUNCTION jotem_today() RETURNS int LANGUAGE sql VOLATILE
AS $$ SELECT (jotem_now_ms() / 86400000)::int $$;

CREATE FUNCTION jotem_name_of_week(week int) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT 'jotem_sessions_' || to_char(date '1970-01-01' + $1 * 7, 'YYYYMMDD') $$;

-- Makes the partition of a week if it is missing. Returns whether it is there; if it is not, because
-- others hold locks for longer than a tenth of a second, its sessions go into jotem_sessions_other meanwhile.
CREATE FUNCTION jotem_make_week(week int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '100ms' AS $$
DECLARE
  its_name text := jotem_name_of_week(week);
  lower_bound bytea := jotem_first_of_day(week * 7);
  upper_bound bytea := jotem_first_of_day(week * 7 + 7);
BEGIN
  IF to_regclass(its_name) IS NOT NULL THEN
    RETURN true;
  END IF;
  PERFORM pg_advisory_xact_lock(7233172, hashtext(current_schema()));
  -- Before the second look: with a lock on a table the server hears what others made meanwhile; with the
  -- one before it does not, and would still say that there is no such table.
  LOCK TABLE jotem_sessions_other IN ACCESS EXCLUSIVE MODE;
  IF to_regclass(its_name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE jotem_sessions INCLUDING ALL) WITH (fillfactor = 80)', its_name);
    -- What had to go elsewhere comes home.
    EXECUTE format('WITH moved AS (DELETE FROM jotem_sessions_other
                                    WHERE session >= %L AND session < %L RETURNING *)
                    INSERT INTO %I SELECT * FROM moved', lower_bound, upper_bound, its_name);
    EXECUTE format('ALTER TABLE jotem_sessions ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   its_name, lower_bound, upper_bound);
  END IF;
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;

-- Makes the partition of a session, unless that is in the past or further ahead than sessions live.
CREATE FUNCTION jotem_make_week_of(session bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  day int := jotem_day(session);
BEGIN
  IF to_regclass(jotem_name_of_week(day / 7)) IS NULL
     AND day BETWEEN jotem_today() AND jotem_today() + 402 THEN
    PERFORM jotem_make_week(day / 7);
  END IF;
END $$;

-- Drops partitions whose last day was the day before yesterday or earlier, unless something in them
-- lives: a session may have been kept under a day that is not its last. Returns how many sessions went.
CREATE FUNCTION jotem_drop_weeks() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '100ms' AS $$
DECLARE
  its_name text;
  is_in_use boolean;
  sessions bigint;
  dropped bigint := 0;
BEGIN
  FOR its_name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'jotem_sessions'::regclass AND c.relname ~ '^jotem_sessions_[0-9]{8}$'
       AND to_date(right(c.relname, 8), 'YYYYMMDD') + 7 <= date '1970-01-01' + jotem_today() - 1
  LOOP
    BEGIN
      EXECUTE format('LOCK TABLE %I IN SHARE MODE', its_name);
      EXECUTE format('SELECT count(*), coalesce(bool_or(end_s::bigint & 4294967295 > $1), false) FROM %I', its_name)
        INTO sessions, is_in_use USING jotem_now_ms() / 1000;
      IF NOT is_in_use THEN
        EXECUTE format('DROP TABLE %I', its_name);
        dropped := dropped + sessions;
      END IF;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END LOOP;
  RETURN dropped;
END $$;

-- These run with the rights of their owner: nobody may put other tables in the way of them.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION jotem_make_week(int) SET search_path = %I, pg_temp', current_schema());
  EXECUTE format('ALTER FUNCTION jotem_drop_weeks() SET search_path = %I, pg_temp', current_schema());
END $$;
