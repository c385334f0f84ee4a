-- Each of these ends what it names and tells verifiers, in one transaction.

CREATE FUNCTION jotem_revoke_session(
  of_subject bytea, of_session bytea, new_state smallint, notice bigint, keep_s bigint,
  OUT now_ms bigint, OUT sessions bigint
) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jotem_sessions s SET state = new_state
   WHERE s.subject = of_subject AND s.session = of_session AND s.state = 0;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  now_ms := jotem_now_ms();
  PERFORM jotem_publish(notice, NULL, now_ms, keep_s);
END $$;

CREATE FUNCTION jotem_revoke_subject(
  of_subject bytea, new_state smallint, notice bigint, keep_s bigint,
  OUT now_ms bigint, OUT sessions bigint, OUT new_epoch bigint
) LANGUAGE plpgsql AS $$
BEGIN
  -- An unknown subject may have tokens that outlived its sessions.
  INSERT INTO jotem_subjects AS s (subject, epoch, who)
    VALUES (of_subject, greatest(1, jotem_now_ms() / 1000), ':')
    ON CONFLICT (subject) DO UPDATE
      SET epoch = least(greatest(s.epoch + 1, jotem_now_ms() / 1000), 4294967295)
    RETURNING s.epoch INTO new_epoch;
  -- Only now is it certain that no session is being started. This statement sees those that were.
  UPDATE jotem_sessions s SET state = new_state WHERE s.subject = of_subject AND s.state = 0;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  now_ms := jotem_now_ms();
  PERFORM jotem_publish(notice, new_epoch, now_ms, keep_s);
END $$;

CREATE FUNCTION jotem_revoke_client(
  its_digest bytea, its_name text, notice bigint, keep_s bigint, OUT now_ms bigint, OUT number bigint
) LANGUAGE plpgsql AS $$
BEGIN
  -- A number of 32 bits, kept with a sign.
  number := jotem_number('client', its_digest, its_name, NULL, true)::bigint & 4294967295;
  now_ms := jotem_now_ms();
  PERFORM jotem_publish(notice, number, now_ms, keep_s);
END $$;
