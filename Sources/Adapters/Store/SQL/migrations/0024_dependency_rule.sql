-- Whether all conditions of a job must hold, or one of them.

ALTER TABLE job
  ADD COLUMN dependency_rule text NOT NULL DEFAULT 'all'
    CHECK (dependency_rule IN ('all', 'any'));
