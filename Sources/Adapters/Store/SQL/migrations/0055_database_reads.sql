-- What logins with polder_auditor or polder_report read in the database becomes lines of the audit
-- log (docs/audit.md). A reader must not append to the chain: an open transaction would hold its
-- head, and everybody who acts. Readers note in a queue what they read; the daemon takes it into the
-- chain.

-- A number that no row has tells of a reading that was rolled back: each login has its own, so that it is
-- known whose. This is of those that came since the daemon looked last.
CREATE SEQUENCE database_read_number;
CREATE TABLE database_reader (
  -- Empty for those that have none of their own.
  login text PRIMARY KEY,
  numbers regclass NOT NULL,
  -- All its numbers up to here are accounted for.
  settled bigint NOT NULL DEFAULT 0 CHECK (settled >= 0),
  -- Those up to here will be, once none of the transactions is under way that may have drawn one.
  bound bigint NOT NULL DEFAULT 0,
  holders text[] NOT NULL DEFAULT '{}',
  -- Of those behind `settled` so many became lines: up to `bound`, and beyond it.
  taken bigint NOT NULL DEFAULT 0 CHECK (taken >= 0),
  beyond bigint NOT NULL DEFAULT 0 CHECK (beyond >= 0),
  CONSTRAINT bound_is_ahead CHECK (bound >= settled)
);
INSERT INTO database_reader (login, numbers) VALUES ('', 'database_read_number');

CREATE TABLE database_read (
  -- Of database_reader. No foreign key: it would lock that row for as long as somebody reads.
  reader text NOT NULL,
  number bigint NOT NULL CHECK (number >= 1),
  transaction_id xid8 NOT NULL,
  relation text NOT NULL,
  login text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (reader, number),
  CONSTRAINT once_per_transaction UNIQUE (transaction_id, relation)
);

-- Notes that this transaction reads a table, once for each of the two. Policies call it in a
-- sub-select of its own, so that it runs once a query and before the table is looked at; parallel
-- workers may not write, so that no such query has any. Postgres's own log has the same, rolled back
-- or not. A transaction with a number of its own holds up what is cleaned behind it: one that is left
-- idle ends, unless the login has another limit or sets one.
CREATE FUNCTION note_database_read(looked_at regclass) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name CONSTANT text := (
    SELECT relname FROM pg_class
    WHERE oid = looked_at AND relrowsecurity AND relnamespace = 'public'::regnamespace);
  own CONSTANT xid8 := pg_current_xact_id_if_assigned();
  numbers_of text;
  numbers regclass;
BEGIN
  -- Nor of what neither group may read, of which this login is one.
  IF name IS NULL OR NOT EXISTS (
    SELECT FROM (VALUES ('polder_auditor'), ('polder_report')) AS named (role)
    WHERE pg_has_role(session_user, role, 'MEMBER')
      AND has_any_column_privilege(role, looked_at, 'SELECT'))
  THEN
    RAISE EXCEPTION 'no reading of % is noted', looked_at USING ERRCODE = 'undefined_table';
  END IF;
  IF own IS NOT NULL AND EXISTS (
    SELECT FROM database_read WHERE transaction_id = own AND relation = name)
  THEN
    RETURN true;
  END IF;
  IF current_setting('transaction_read_only')::boolean THEN
    RAISE EXCEPTION 'what is read of % is recorded, and this transaction may not write', name
      USING ERRCODE = 'read_only_sql_transaction',
        HINT = 'Begin it READ WRITE, on the primary server; it writes nothing but the record.';
  END IF;
  IF current_setting('idle_in_transaction_session_timeout') = '0' THEN
    PERFORM set_config('idle_in_transaction_session_timeout', '5min', true);
  END IF;
  RAISE LOG 'polder: login % reads %', session_user, name;
  -- The table is locked before a number is drawn.
  LOCK TABLE database_read IN ROW EXCLUSIVE MODE;
  SELECT reader.login, reader.numbers INTO STRICT numbers_of, numbers FROM database_reader AS reader
  WHERE reader.login IN ('', session_user) ORDER BY reader.login DESC LIMIT 1;
  INSERT INTO database_read (reader, number, transaction_id, relation, login, at)
  VALUES (numbers_of, nextval(numbers), pg_current_xact_id(), name, session_user, polder_now());
  RETURN true;
END
$$;

-- Gives each login of the two groups numbers of its own.
CREATE FUNCTION make_database_readers() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  new_login text;
  numbers text;
BEGIN
  FOR new_login IN
    SELECT rolname FROM pg_roles
    WHERE rolcanlogin AND NOT rolsuper
      AND (pg_has_role(oid, 'polder_auditor', 'MEMBER')
        OR pg_has_role(oid, 'polder_report', 'MEMBER'))
      AND NOT EXISTS (SELECT FROM database_reader WHERE login = rolname)
  LOOP
    numbers := 'database_read_number_' || (SELECT count(*) FROM database_reader);
    EXECUTE format('CREATE SEQUENCE %I', numbers);
    INSERT INTO database_reader (login, numbers) VALUES (new_login, numbers::regclass);
  END LOOP;
END
$$;

-- Takes the readings of some transactions into the chain, a line for each transaction, and tells of
-- numbers that no row will ever have: how many lines it appended. A number is drawn with the table
-- locked, and the lock ends after the row can be seen, so that who has none has drawn none.
CREATE FUNCTION take_database_reads(most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  state database_reader;
  drawn bigint;
  reading record;
  lost bigint;
  appended bigint := 0;
BEGIN
  -- Each statement has to see what was committed before it.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'readings are taken in READ COMMITTED' USING ERRCODE = 'active_sql_transaction';
  END IF;
  -- One at a time, and nobody waits for it who reads.
  PERFORM FROM database_reader WHERE login = '' FOR NO KEY UPDATE;
  PERFORM make_database_readers();

  FOR state IN
    SELECT login, numbers, settled, bound, holders, taken, beyond FROM database_reader ORDER BY login
  LOOP
    drawn := coalesce(pg_sequence_last_value(state.numbers), 0);
    CONTINUE WHEN state.settled = state.bound AND state.settled = drawn
      AND NOT EXISTS (SELECT FROM database_read WHERE reader = state.login);
    IF state.bound = state.settled THEN
      state.bound := greatest(state.settled, drawn);
      state.taken := state.beyond;
      state.beyond := 0;
      state.holders := ARRAY(SELECT holder FROM database_read_holders() AS holder);
    ELSE
      state.holders := ARRAY(
        SELECT unnest(state.holders) INTERSECT SELECT holder FROM database_read_holders() AS holder);
    END IF;

    FOR reading IN
      WITH whole AS MATERIALIZED (
        SELECT DISTINCT transaction_id
        FROM (
          SELECT transaction_id FROM database_read WHERE reader = state.login
          ORDER BY number LIMIT most) AS first),
      gone AS (
        DELETE FROM database_read AS read USING whole
        WHERE read.reader = state.login AND read.transaction_id = whole.transaction_id
        RETURNING read.number, read.transaction_id, read.login, read.relation, read.at)
      SELECT login, min(at) AS at, string_agg(relation, ', ' ORDER BY number) AS relations,
        count(*) FILTER (WHERE number > state.settled AND number <= state.bound) AS taken,
        count(*) FILTER (WHERE number > state.bound) AS beyond
      FROM gone GROUP BY transaction_id, login ORDER BY min(number)
    LOOP
      PERFORM append_audit_line(
        'login ' || reading.login, 'read-database', 'tables ' || reading.relations, 'done',
        'database',
        to_char(reading.at AT TIME ZONE 'UTC', '"at "YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
      state.taken := state.taken + reading.taken;
      state.beyond := state.beyond + reading.beyond;
      appended := appended + 1;
    END LOOP;

    IF state.holders = '{}' AND NOT EXISTS (
      SELECT FROM database_read WHERE reader = state.login AND number <= state.bound)
    THEN
      lost := state.bound - state.settled - state.taken;
      IF lost > 0 THEN
        PERFORM append_audit_line(
          CASE state.login WHEN '' THEN 'polderd' ELSE 'login ' || state.login END,
          'read-database', 'database', 'failed', 'database',
          format('%s rolled back, or numbers that a crash of Postgres skipped; its own log has '
            'the tables',
            CASE lost WHEN 1 THEN '1 reading was' ELSE lost || ' readings were' END));
        appended := appended + 1;
      END IF;
      state.settled := state.bound;
    END IF;
    UPDATE database_reader SET settled = state.settled, bound = state.bound,
      holders = state.holders, taken = state.taken, beyond = state.beyond
    WHERE login = state.login;
  END LOOP;
  RETURN appended;
END
$$;

-- The transactions that may have drawn a number whose row can't be seen yet.
CREATE FUNCTION database_read_holders() RETURNS SETOF text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT virtualtransaction FROM pg_locks
  WHERE relation = 'database_read'::regclass AND mode = 'RowExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()
$$;

-- Who reports for whom is changed by hand, in SQL. Deferred: the chain's head is held to the end.
CREATE FUNCTION report_role_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM append_audit_line(
    'login ' || session_user, 'change-report-role',
    'report role ' || CASE TG_OP WHEN 'DELETE' THEN OLD.role ELSE NEW.role END, 'done', 'database',
    CASE TG_OP
      WHEN 'INSERT' THEN format('funder %s', NEW.funder)
      WHEN 'DELETE' THEN format('no more funder %s', OLD.funder)
      ELSE format('funder %s, before: role %s, funder %s', NEW.funder, OLD.role, OLD.funder)
    END);
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER report_role_is_told AFTER INSERT OR UPDATE OR DELETE ON report_role
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION report_role_is_told();
CREATE FUNCTION report_role_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of report_role are taken out with DELETE, which tells of each'
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER report_role_is_not_emptied BEFORE TRUNCATE ON report_role
  FOR EACH STATEMENT EXECUTE FUNCTION report_role_is_not_emptied();
