-- What reports of a closed period need beside its entries is frozen with it: PeriodFacts in the core.
-- Before this they took the centre of the day they were asked on, so that a programme renamed or a
-- project moved changed the report of a year ago.

ALTER TABLE accounting_period
  -- Of the frozen facts; null for a period that was closed before there were any.
  ADD COLUMN facts_sha256 bytea CHECK (octet_length(facts_sha256) = 32);

CREATE TABLE period_facts (
  month date PRIMARY KEY REFERENCES accounting_period,
  -- Canonical bytes: opaque ids, never a name of a person.
  facts bytea NOT NULL
);
CREATE TRIGGER period_facts_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON period_facts
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

CREATE FUNCTION period_facts_agree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM accounting_period
    WHERE month = NEW.month AND facts_sha256 = sha256(NEW.facts))
  THEN
    RAISE EXCEPTION 'the facts of % are not those that it was sealed with', NEW.month
      USING ERRCODE = 'check_violation', CONSTRAINT = 'facts_are_sealed', TABLE = 'period_facts';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER period_facts_agree AFTER INSERT ON period_facts
  FOR EACH ROW EXECUTE FUNCTION period_facts_agree();
