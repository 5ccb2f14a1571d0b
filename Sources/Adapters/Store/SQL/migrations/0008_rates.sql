-- Rate cards with dates: a version can be described before it comes into force, prices GPUs by type
-- (a MIG slice is a type of its own) and in shares, and states what GPU time is worth in euros.

-- The version in force follows from the dates.
ALTER TABLE partition DROP COLUMN rate_version;

DROP TRIGGER rate_card_is_final ON rate_card;
ALTER TABLE rate_card
  ALTER COLUMN in_force_from DROP DEFAULT,
  -- For a whole GPU that is taken in shares; null where shares weigh what they are of their GPU.
  ADD COLUMN per_shared_gpu_thousandths bigint CHECK (per_shared_gpu_thousandths > 0),
  -- The reference rate for pay-per-use and aid-in-kind figures.
  ADD COLUMN cents_per_gpu_hour bigint CHECK (cents_per_gpu_hour > 0),
  ADD CONSTRAINT one_version_at_a_time UNIQUE (partition, in_force_from);

-- What a GPU of a type weighs, where that is not what any GPU of the partition weighs.
CREATE TABLE rate_of_gpu_type (
  partition text NOT NULL,
  version bigint NOT NULL,
  gpu_type text NOT NULL,
  per_gpu_thousandths bigint NOT NULL CHECK (per_gpu_thousandths > 0),
  PRIMARY KEY (partition, version, gpu_type),
  FOREIGN KEY (partition, version) REFERENCES rate_card ON DELETE CASCADE
);

-- A version that was in force once never changes; one that lies ahead may be withdrawn.
CREATE FUNCTION rate_card_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR OLD.in_force_from <= polder_now() THEN
    RAISE EXCEPTION 'version % of the rate card of % was in force and never changes',
      OLD.version, OLD.partition USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER rate_card_stays BEFORE UPDATE OR DELETE ON rate_card
  FOR EACH ROW EXECUTE FUNCTION rate_card_stays();
CREATE TRIGGER rate_card_is_not_emptied BEFORE TRUNCATE ON rate_card
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Versions follow each other in time, and none is put before one that was in force.
CREATE FUNCTION rate_card_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM rate_card AS other
    WHERE other.partition = NEW.partition AND other.version <> NEW.version
      AND (other.version < NEW.version) <> (other.in_force_from < NEW.in_force_from)
  ) THEN
    RAISE EXCEPTION 'version % of the rate card of % is not in order of time',
      NEW.version, NEW.partition USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER rate_card_follows AFTER INSERT ON rate_card
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rate_card_follows();

-- The weights by type are written with their version, and go with it.
CREATE FUNCTION rate_of_gpu_type_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_new boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT xmin = pg_current_xact_id()::xid INTO is_new FROM rate_card
    WHERE (partition, version) = (NEW.partition, NEW.version);
    IF is_new THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'DELETE' THEN
    -- Of a version that was withdrawn nothing is found any more.
    PERFORM FROM rate_card WHERE (partition, version) = (OLD.partition, OLD.version);
    IF NOT FOUND THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'weights by GPU type are written with their rate card and never changed'
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER rate_of_gpu_type_stays BEFORE INSERT OR UPDATE OR DELETE ON rate_of_gpu_type
  FOR EACH ROW EXECUTE FUNCTION rate_of_gpu_type_stays();
CREATE TRIGGER rate_of_gpu_type_is_not_emptied BEFORE TRUNCATE ON rate_of_gpu_type
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
