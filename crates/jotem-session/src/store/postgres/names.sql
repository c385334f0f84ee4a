-- The number of a name. It gets one if it has none, or a new one if it is to be renewed: the one that was
-- drawn for it, or, where none was, one that no earlier second has seen.
CREATE FUNCTION jotem_number(its_kind text, its_digest bytea, its_name text, drawn int, renewed boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  found_number int;
BEGIN
  IF NOT renewed THEN
    SELECT n.number INTO found_number FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
    IF FOUND THEN
      RETURN found_number;
    END IF;
  END IF;
  -- One at a time from here on; whoever came before may have given it a number.
  INSERT INTO jotem_numbers (kind, last) VALUES (its_kind, 0) ON CONFLICT DO NOTHING;
  PERFORM FROM jotem_numbers n WHERE n.kind = its_kind FOR UPDATE;
  IF renewed THEN
    DELETE FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
  ELSE
    SELECT n.number INTO found_number FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
    IF FOUND THEN
      RETURN found_number;
    END IF;
  END IF;
  IF drawn IS NULL THEN
    UPDATE jotem_numbers n SET last = greatest(n.last + 1, jotem_now_ms() / 1000) WHERE n.kind = its_kind
      RETURNING jotem_bits(n.last) INTO found_number;
  ELSE
    found_number := drawn;
    WHILE EXISTS (SELECT FROM jotem_names n WHERE n.kind = its_kind AND n.number = found_number) LOOP
      found_number := jotem_bits(found_number::bigint + 1);
    END LOOP;
  END IF;
  INSERT INTO jotem_names (kind, number, digest, name) VALUES (its_kind, found_number, its_digest, its_name);
  RETURN found_number;
END $$;
