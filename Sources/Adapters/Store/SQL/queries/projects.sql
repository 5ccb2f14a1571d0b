-- Projects.
-- $1: bool – also what has left the description
-- Returns: id, reference, title, organisation, commercial
SELECT id, reference, title, organisation, commercial FROM project
WHERE $1 OR retired_at IS NULL
