-- The audit log: who did what by hand, and who read what is others'. Each line carries the hash of
-- the one before it, so that a line that is changed, taken out or moved shows (docs/audit.md).

CREATE TABLE audit_line (
  -- From the head, and not from a sequence, which would skip a number when a writer rolls back.
  seq bigint PRIMARY KEY CHECK (seq >= 1),
  at timestamptz NOT NULL CHECK (at = date_trunc('milliseconds', at)),
  -- An opaque subject, never a name.
  actor text NOT NULL CHECK (actor <> ''),
  action text NOT NULL CHECK (action ~ '^[a-z][a-z0-9-]{0,63}$'),
  object text NOT NULL,
  result text NOT NULL CHECK (result IN ('done', 'refused', 'failed')),
  -- The way it came.
  origin text NOT NULL CHECK (origin <> ''),
  detail text NOT NULL,
  previous_sha256 bytea NOT NULL CHECK (octet_length(previous_sha256) = 32),
  sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32)
);
CREATE INDEX audit_line_in_time ON audit_line (at);
CREATE INDEX audit_line_of_actor ON audit_line (actor, seq);

-- One row: the last line. Locked by whoever appends, so that the chain has one order and no gap.
CREATE TABLE audit_head (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  seq bigint NOT NULL CHECK (seq >= 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
-- Before the first line: 32 zeros.
INSERT INTO audit_head (seq, sha256) VALUES (0, decode(repeat('00', 32), 'hex'));

-- The bytes of one field: its length in bytes, a colon, the bytes. Two lines never look alike.
CREATE FUNCTION audit_field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT convert_to(octet_length(convert_to(value, 'UTF8'))::text || ':', 'UTF8')
    || convert_to(value, 'UTF8')
$$;

-- The hash of a line: SHA-256 of its fields and of the hash before it. The program computes the
-- same from the raw rows when it verifies (AuditLink.swift).
CREATE FUNCTION audit_line_sha256(
  seq bigint, at timestamptz, actor text, action text, object text, result text, origin text,
  detail text, previous bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT sha256(
    audit_field('polder-audit-1') || audit_field(seq::text)
    || audit_field((extract(epoch FROM at) * 1000)::bigint::text)
    || audit_field(actor) || audit_field(action) || audit_field(object) || audit_field(result)
    || audit_field(origin) || audit_field(detail) || audit_field(encode(previous, 'hex')))
$$;

-- Appends a line and gives its number. Last in its transaction, since all who append wait for it.
-- Runs as its owner: a role that may call it needs no right to the tables, and chooses neither
-- number, time nor hash.
CREATE FUNCTION append_audit_line(
  actor text, action text, object text, result text, origin text, detail text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head;
  moment CONSTANT timestamptz := polder_now();
  hash bytea;
BEGIN
  SELECT h.is_single, h.seq, h.sha256 INTO STRICT head FROM audit_head AS h FOR UPDATE;
  hash := audit_line_sha256(
    head.seq + 1, moment, actor, action, object, result, origin, detail, head.sha256);
  INSERT INTO audit_line (
    seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256)
  VALUES (
    head.seq + 1, moment, actor, action, object, result, origin, detail, head.sha256, hash);
  UPDATE audit_head SET seq = head.seq + 1, sha256 = hash;
  RETURN head.seq + 1;
END
$$;

-- What was recorded before there was a chain stands at its beginning, in its order.
DO $$
DECLARE
  act admin_act;
  head audit_head;
  hash bytea;
  remark text;
BEGIN
  FOR act IN SELECT seq, actor, action, object, at FROM admin_act ORDER BY seq LOOP
    SELECT h.is_single, h.seq, h.sha256 INTO STRICT head FROM audit_head AS h;
    remark := 'carried over from act ' || act.seq;
    hash := audit_line_sha256(
      head.seq + 1, date_trunc('milliseconds', act.at), act.actor, act.action, act.object, 'done',
      'unrecorded', remark, head.sha256);
    INSERT INTO audit_line (
      seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256)
    VALUES (
      head.seq + 1, date_trunc('milliseconds', act.at), act.actor, act.action, act.object, 'done',
      'unrecorded', remark, head.sha256, hash);
    UPDATE audit_head SET seq = head.seq + 1, sha256 = hash;
  END LOOP;
END
$$;
DROP TABLE admin_act;

CREATE TRIGGER audit_line_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- The head moves by one line at a time, and only to a line that is there.
CREATE FUNCTION audit_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
    SELECT FROM audit_line AS line
    WHERE line.seq = NEW.seq AND line.sha256 = NEW.sha256 AND line.previous_sha256 = OLD.sha256)
  THEN
    RAISE EXCEPTION 'the head of the audit log moves to its next line only'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_head_moves BEFORE UPDATE ON audit_head
  FOR EACH ROW EXECUTE FUNCTION audit_head_moves();
CREATE TRIGGER audit_head_is_final BEFORE DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
