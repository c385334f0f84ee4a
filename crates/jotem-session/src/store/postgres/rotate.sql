-- The `smallint` with the bits of a number of 16 bits: seconds, 0 for less and the largest one for more.
CREATE FUNCTION jotem_gap(seconds bigint) RETURNS smallint LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN $1 < 32768 THEN greatest($1, 0) ELSE least($1, 65535) - 65536 END::smallint $$;

-- rotation::decide, branch by branch in the same order, and what comes of it. `decision` is absent if
-- there is no such session.
CREATE FUNCTION jotem_rotate(
  of_subject bytea, of_session bytea, presented bigint, presented_hash bytea, presented_client int,
  presented_binding bytea, window_ms bigint, bound_window_ms bigint, depth int, idle_s bigint,
  repairs boolean, notice bigint, keep_s bigint,
  OUT decision smallint, OUT now_ms bigint, OUT epoch bigint, OUT who text,
  OUT rotated_at_ms bigint, OUT generation int, OUT idle_end_s int, OUT end_s int, OUT client int,
  OUT granted int, OUT authenticated_s int, OUT gap_1 smallint, OUT gap_2 smallint, OUT gap_3 smallint,
  OUT state smallint, OUT secret_hash bytea, OUT binding bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  now_s bigint;
  known bigint;
  back bigint;
  age_ms bigint;
BEGIN
  now_ms := jotem_now_ms();
  now_s := now_ms / 1000;
  -- Nearly always it is the latest token of a session that lives, and this is all. Whoever changed the row
  -- meanwhile changed its state or its generation: then it is not found, and looked at anew.
  UPDATE jotem_sessions s
     SET rotated_at_ms = now_ms,
         generation = jotem_bits(presented + 1),
         idle_end_s = jotem_bits(least(s.end_s::bigint & 4294967295, now_s + idle_s)),
         gap_1 = jotem_gap(now_s - s.rotated_at_ms / 1000), gap_2 = s.gap_1, gap_3 = s.gap_2
    FROM jotem_subjects u
   WHERE s.subject = of_subject AND s.session = of_session AND u.subject = of_subject
     AND s.generation = jotem_bits(presented) AND s.state = 0
     AND s.secret_hash = presented_hash AND s.client = presented_client
     AND (s.binding IS NULL OR s.binding = presented_binding)
     AND now_s < s.end_s::bigint & 4294967295 AND now_s < s.idle_end_s::bigint & 4294967295
  RETURNING 0, u.epoch, u.who, s.rotated_at_ms, s.generation, s.idle_end_s, s.end_s, s.client, s.granted,
            s.authenticated_s, s.gap_1, s.gap_2, s.gap_3, s.state, s.secret_hash, s.binding
       INTO decision, epoch, who, rotated_at_ms, generation, idle_end_s, end_s, client, granted,
            authenticated_s, gap_1, gap_2, gap_3, state, secret_hash, binding;
  IF FOUND THEN
    RETURN;
  END IF;

  SELECT s.rotated_at_ms, s.generation, s.idle_end_s, s.end_s, s.client, s.granted, s.authenticated_s,
         s.gap_1, s.gap_2, s.gap_3, s.state, s.secret_hash, s.binding
    INTO rotated_at_ms, generation, idle_end_s, end_s, client, granted, authenticated_s,
         gap_1, gap_2, gap_3, state, secret_hash, binding
    FROM jotem_sessions s WHERE s.subject = of_subject AND s.session = of_session FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Who waited for the lock must not decide by the time before.
  now_ms := floor(date_part('epoch', clock_timestamp()) * 1000)::bigint;
  now_s := now_ms / 1000;
  known := generation::bigint & 4294967295;
  SELECT s.epoch, s.who INTO epoch, who FROM jotem_subjects s WHERE s.subject = of_subject;

  IF secret_hash <> presented_hash THEN
    decision := 7;
  ELSIF client <> presented_client THEN
    decision := 8;
  ELSIF binding IS NOT NULL AND binding IS DISTINCT FROM presented_binding THEN
    decision := 9;
  ELSIF state <> 0 THEN
    decision := 5;
  ELSIF now_s >= end_s::bigint & 4294967295 OR now_s >= idle_end_s::bigint & 4294967295 THEN
    decision := 6;
  ELSIF presented > known AND NOT repairs THEN
    decision := 4;
    state := 3;
    UPDATE jotem_sessions s SET state = 3 WHERE s.subject = of_subject AND s.session = of_session;
    PERFORM jotem_publish(notice, NULL, now_ms, keep_s);
  ELSIF presented >= known THEN
    decision := CASE WHEN presented = known THEN 0 ELSE 1 END;
    gap_3 := gap_2;
    gap_2 := gap_1;
    gap_1 := jotem_gap(now_s - rotated_at_ms / 1000);
    rotated_at_ms := now_ms;
    generation := jotem_bits(presented + 1);
    idle_end_s := jotem_bits(least(end_s::bigint & 4294967295, now_s + idle_s));
    UPDATE jotem_sessions s
       SET rotated_at_ms = rotated_at_ms, generation = generation, idle_end_s = idle_end_s,
           gap_1 = gap_1, gap_2 = gap_2, gap_3 = gap_3
     WHERE s.subject = of_subject AND s.session = of_session;
  ELSE
    back := known - presented;
    -- How long ago the token that is `back` generations behind was exchanged.
    age_ms := greatest(0, now_ms - rotated_at_ms)
      + CASE WHEN back >= 2 THEN (gap_1::bigint & 65535) * 1000 ELSE 0 END
      + CASE WHEN back >= 3 THEN (gap_2::bigint & 65535) * 1000 ELSE 0 END
      + CASE WHEN back >= 4 THEN (gap_3::bigint & 65535) * 1000 ELSE 0 END;
    -- Strictly less: a window of nothing is nothing, in the same millisecond too.
    IF back <= depth AND age_ms < (CASE WHEN binding IS NULL THEN window_ms ELSE bound_window_ms END) THEN
      decision := 2;
    ELSE
      decision := 3;
      state := 2;
      UPDATE jotem_sessions s SET state = 2 WHERE s.subject = of_subject AND s.session = of_session;
      PERFORM jotem_publish(notice, NULL, now_ms, keep_s);
    END IF;
  END IF;
END $$;
