-- What was changed of jobs, tasks and runs, and by which transaction: whoever keeps a picture of all
-- that is open brings it up to date by what has changed, and does not read 100,000 rows each round.

CREATE TABLE job_change (
  -- 64 bits: it never wraps around. That of the whole transaction, savepoints or not.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  job bigint NOT NULL,
  -- Null: the job itself.
  task_index bigint
);
CREATE INDEX job_change_in_order ON job_change (xid);

-- One row: changes by transactions before this one have been pruned.
CREATE TABLE change_floor (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  xid xid8 NOT NULL
);
INSERT INTO change_floor (xid) VALUES (pg_current_xact_id());

CREATE FUNCTION task_is_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_change (job, task_index) SELECT job, task_index FROM changed;
  RETURN NULL;
END $$;
CREATE TRIGGER task_is_noted AFTER INSERT ON task REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION task_is_noted();
CREATE TRIGGER task_change_is_noted AFTER UPDATE ON task REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION task_is_noted();

-- A job comes with its tasks, and its conditions on others never change.
CREATE FUNCTION job_is_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_change (job) SELECT number FROM changed;
  RETURN NULL;
END $$;
CREATE TRIGGER job_change_is_noted AFTER UPDATE ON job REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION job_is_noted();

-- Where a run comes, starts or goes its task does too, in the same transaction; here is what changes
-- beside that.
CREATE FUNCTION run_is_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO job_change (job, task_index) VALUES (NEW.job, NEW.task_index);
  RETURN NULL;
END $$;
CREATE TRIGGER run_change_is_noted AFTER UPDATE ON run
  FOR EACH ROW WHEN (OLD.state = NEW.state) EXECUTE FUNCTION run_is_noted();
