-- What requests say of time and turn, and dependencies on one task of an array and on corresponding ones.

ALTER TABLE job
  -- The shortest limit that it takes for a start now; null for its limit.
  ADD COLUMN least_limit_seconds bigint CHECK (least_limit_seconds > 0),
  -- It must have ended by then.
  ADD COLUMN deadline timestamptz,
  ADD COLUMN nice bigint NOT NULL DEFAULT 0 CHECK (nice BETWEEN 0 AND 10000),
  ADD COLUMN is_singleton boolean NOT NULL DEFAULT false;

ALTER TABLE job_dependency
  -- Of the other job; null for all of its tasks.
  ADD COLUMN on_task_index bigint CHECK (on_task_index >= 0),
  DROP CONSTRAINT job_dependency_condition_check,
  ADD CONSTRAINT job_dependency_condition_check
    CHECK (condition IN ('afterok', 'afterany', 'afternotok', 'after', 'aftercorr'));
