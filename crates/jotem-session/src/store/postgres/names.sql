-- The number of a name. It gets one if it has none: the one that was drawn for it. If it is to be renewed,
-- it gets one above all that it ever had. If another name has that, it gets the next that is free.
CREATE FUNCTION jotem_number(its_kind text, its_digest bytea, its_name text, drawn int, renewed boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  found_number int;
BEGIN
  SELECT n.number INTO found_number FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
  IF FOUND AND NOT renewed THEN
    RETURN found_number;
  END IF;
  -- One at a time from here on; whoever came before may have given it a number.
  PERFORM pg_advisory_xact_lock(7233173, hashtext(current_schema()));
  SELECT n.number INTO found_number FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
  IF renewed THEN
    DELETE FROM jotem_names n WHERE n.kind = its_kind AND n.digest = its_digest;
    found_number := jotem_bits(greatest(coalesce(found_number::bigint & 4294967295, 0) + 1, jotem_now_ms() / 1000));
  ELSIF FOUND THEN
    RETURN found_number;
  ELSE
    found_number := drawn;
  END IF;
  WHILE EXISTS (SELECT FROM jotem_names n WHERE n.kind = its_kind AND n.number = found_number) LOOP
    found_number := jotem_bits((found_number::bigint & 4294967295) + 1);
  END LOOP;
  INSERT INTO jotem_names (kind, number, digest, name) VALUES (its_kind, found_number, its_digest, its_name);
  RETURN found_number;
END $$;
