-- Keeps sessions as they are. One that is kept already is replaced, and no epoch goes back.
CREATE FUNCTION jotem_import_subjects(subjects bytea[], epochs bigint[], whos text[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO jotem_subjects AS s (subject, epoch, who)
  SELECT * FROM unnest(subjects, epochs, whos)
  ON CONFLICT (subject) DO UPDATE SET epoch = greatest(s.epoch, excluded.epoch), who = excluded.who
$$;

CREATE FUNCTION jotem_import(
  subjects bytea[], sessions bytea[], rotated_at_ms bigint[], generations int[], idle_ends_s int[],
  ends_s int[], clients int[], grants int[], authenticated_s int[], gaps_1 smallint[], gaps_2 smallint[],
  gaps_3 smallint[], states smallint[], secret_hashes bytea[], bindings bytea[], labels text[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM jotem_make_week_of(min(s.session)) FROM unnest(sessions) s(session)
    GROUP BY jotem_day(s.session) / 7;
  INSERT INTO jotem_sessions AS s (
    subject, session, rotated_at_ms, generation, idle_end_s, end_s, client, granted, authenticated_s,
    gap_1, gap_2, gap_3, state, secret_hash, binding, label)
  SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  ON CONFLICT (subject, session) DO UPDATE SET
    rotated_at_ms = excluded.rotated_at_ms, generation = excluded.generation,
    idle_end_s = excluded.idle_end_s, end_s = excluded.end_s, client = excluded.client,
    granted = excluded.granted, authenticated_s = excluded.authenticated_s,
    gap_1 = excluded.gap_1, gap_2 = excluded.gap_2, gap_3 = excluded.gap_3, state = excluded.state,
    secret_hash = excluded.secret_hash, binding = excluded.binding, label = excluded.label;
END $$;
