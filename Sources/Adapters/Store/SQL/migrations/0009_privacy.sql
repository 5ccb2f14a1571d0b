-- What is personal is erased when its time is over, or when its person is: when a name or a script
-- went is kept, so that what is still there is found without looking through all history.

ALTER TABLE job ADD COLUMN name_erased_at timestamptz;
CREATE INDEX job_name_kept ON job (submitted_at, number) WHERE name_erased_at IS NULL;

-- Script and environment are gone; paths, which say less, may stay longer.
ALTER TABLE job_payload ADD COLUMN cleared_at timestamptz,
  ADD CONSTRAINT cleared_says_nothing
    CHECK (cleared_at IS NULL OR (script = '' AND environment = '{}'));
CREATE INDEX job_payload_kept ON job_payload (job) WHERE cleared_at IS NULL;
