-- One rule stands for each member, or each project, of what it counts: a site has thousands of
-- members, and one limit for all of them. And it may count the whole centre.
ALTER TABLE queue_limit
  DROP CONSTRAINT queue_limit_scope_check,
  ADD CONSTRAINT known_scope CHECK (
    scope IN ('member', 'project', 'programmes', 'funder', 'commercial', 'everybody')),
  -- Null: all of the scope is counted together.
  ADD COLUMN each text CHECK (each IN ('member', 'project'));
