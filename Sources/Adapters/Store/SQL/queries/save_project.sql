-- Describes a project.
-- $1: text – id
-- $2: text – reference
-- $3: text – title
-- $4: text – organisation
-- $5: bool – commercial
-- Returns: nothing
INSERT INTO project (id, reference, title, organisation, commercial)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET
  reference = excluded.reference, title = excluded.title, organisation = excluded.organisation,
  commercial = excluded.commercial, retired_at = NULL
