-- Forgets what is over, at most about `most` rows of each kind, and makes the partitions of the coming
-- weeks. One does it at a time; `forgotten` is absent for the others.
CREATE FUNCTION jotem_maintain(most int, OUT forgotten bigint, OUT has_more boolean) LANGUAGE plpgsql AS $$
DECLARE
  now_s bigint := jotem_now_ms() / 1000;
  counted bigint;
  place bytea;
  looked_at bytea[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(7233173, hashtext(current_schema())) THEN
    has_more := false;
    RETURN;
  END IF;
  -- Sessions live for 30 days by default; for those that live longer `start` makes what is missing.
  FOR ahead IN 0..5 LOOP
    PERFORM jotem_make_week(jotem_today() / 7 + ahead);
  END LOOP;
  forgotten := jotem_drop_weeks();

  DELETE FROM jotem_feed f WHERE (f.written_by, f.place) IN (
    SELECT g.written_by, g.place FROM jotem_feed g WHERE g.until_s <= now_s LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS counted = ROW_COUNT;
  forgotten := forgotten + counted;
  has_more := counted >= most;

  DELETE FROM jotem_sessions_other o WHERE (o.subject, o.session) IN (
    SELECT s.subject, s.session FROM jotem_sessions_other s
     WHERE s.end_s::bigint & 4294967295 <= now_s LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS counted = ROW_COUNT;
  forgotten := forgotten + counted;
  has_more := has_more OR counted >= most;

  -- Subjects without a session whose epoch was not raised for two days: no token of theirs lives. They
  -- are held before their sessions are looked for, so that none can be started in between.
  SELECT u.subject INTO place FROM jotem_upkeep u FOR UPDATE;
  SELECT array_agg(held.subject ORDER BY held.subject) INTO looked_at FROM (
    SELECT s.subject FROM jotem_subjects s WHERE s.subject > place
     ORDER BY s.subject LIMIT most FOR UPDATE SKIP LOCKED) held;
  DELETE FROM jotem_subjects s
   WHERE s.subject = ANY (looked_at) AND s.epoch <= now_s - 172800
     AND NOT EXISTS (SELECT FROM jotem_sessions t WHERE t.subject = s.subject);
  UPDATE jotem_upkeep SET subject =
    CASE WHEN cardinality(looked_at) >= most THEN looked_at[cardinality(looked_at)] ELSE '' END;
  DELETE FROM jotem_leases l WHERE l.until_ms < (now_s - 86400) * 1000;
END $$;
