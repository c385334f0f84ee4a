-- Keeps a new session. Whoever starts one or revokes them all holds the row of the subject first, so
-- neither misses the other.
CREATE FUNCTION jotem_start(
  of_subject bytea, its_who text, new_session bytea, new_secret_hash bytea, new_client int, new_grant int,
  new_binding bytea, new_authenticated_s bigint, idle_s bigint, lifetime_s bigint, new_label text,
  most bigint, expected_epoch bigint,
  OUT now_ms bigint, OUT found_epoch bigint, OUT is_kept boolean, OUT ended bytea[]
) LANGUAGE plpgsql AS $$
DECLARE
  now_s bigint;
  new_end_s bigint;
BEGIN
  PERFORM jotem_make_week_of(new_session);
  INSERT INTO jotem_subjects AS s (subject, epoch, who) VALUES (of_subject, 0, its_who)
    ON CONFLICT (subject) DO UPDATE SET who = excluded.who WHERE s.who <> excluded.who;
  SELECT s.epoch INTO found_epoch FROM jotem_subjects s WHERE s.subject = of_subject FOR UPDATE;
  now_ms := jotem_now_ms();
  now_s := now_ms / 1000;
  is_kept := expected_epoch IS NULL OR expected_epoch = found_epoch;
  IF NOT is_kept THEN
    RETURN;
  END IF;

  DELETE FROM jotem_sessions s
   WHERE s.subject = of_subject AND s.end_s::bigint & 4294967295 <= now_s;
  IF most > 0 THEN
    -- Of those that have ended, as many are kept as may live.
    DELETE FROM jotem_sessions s USING (
      SELECT d.session FROM jotem_sessions d
       WHERE d.subject = of_subject AND d.state <> 0
       ORDER BY d.rotated_at_ms DESC, d.session DESC OFFSET most
    ) dead
     WHERE s.subject = of_subject AND s.session = dead.session;
    WITH living AS (
      SELECT s.session, s.rotated_at_ms FROM jotem_sessions s
       WHERE s.subject = of_subject AND s.state = 0
       ORDER BY s.rotated_at_ms DESC, s.session DESC OFFSET most - 1
    ), gone AS (
      DELETE FROM jotem_sessions s USING living l
       WHERE s.subject = of_subject AND s.session = l.session AND s.state = 0
       RETURNING s.session, l.rotated_at_ms
    )
    SELECT array_agg(g.session ORDER BY g.rotated_at_ms, g.session) INTO ended FROM gone g;
  END IF;

  new_end_s := least(now_s + lifetime_s, 4294967295);
  INSERT INTO jotem_sessions AS s (
    rotated_at_ms, generation, idle_end_s, end_s, client, granted, authenticated_s, gap_1, gap_2, gap_3,
    state, subject, session, secret_hash, binding, label
  ) VALUES (
    now_ms, 1, jotem_bits(least(now_s + idle_s, new_end_s)), jotem_bits(new_end_s), new_client, new_grant,
    jotem_bits(coalesce(new_authenticated_s, now_s)), 0, 0, 0,
    0, of_subject, new_session, new_secret_hash, new_binding, new_label
  ) ON CONFLICT (subject, session) DO UPDATE SET
    rotated_at_ms = excluded.rotated_at_ms, generation = excluded.generation,
    idle_end_s = excluded.idle_end_s, end_s = excluded.end_s, client = excluded.client,
    granted = excluded.granted, authenticated_s = excluded.authenticated_s,
    gap_1 = excluded.gap_1, gap_2 = excluded.gap_2, gap_3 = excluded.gap_3, state = excluded.state,
    secret_hash = excluded.secret_hash, binding = excluded.binding, label = excluded.label;
END $$;
