-- The groups belong to the whole server: made here where the owner may, else beforehand.

DO $$
DECLARE
  missing CONSTANT text[] := ARRAY(
    SELECT name FROM unnest(ARRAY['polder_daemon', 'polder_report', 'polder_auditor']) AS name
    WHERE name NOT IN (SELECT rolname FROM pg_roles));
  role text;
BEGIN
  IF missing <> '{}' AND NOT (
    SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user)
  THEN
    RAISE EXCEPTION 'the roles % are missing, and % may not make them',
        array_to_string(missing, ', '), current_user
      USING ERRCODE = 'insufficient_privilege',
        HINT = 'as a superuser: CREATE ROLE … NOLOGIN, for each';
  END IF;
  FOREACH role IN ARRAY missing LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      -- Another database of this server is migrated at the same moment.
      NULL;
    END;
  END LOOP;
END
$$;
