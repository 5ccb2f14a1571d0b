-- Makes a subject, or brings one back.
-- $1: text – id
-- Returns: nothing
INSERT INTO member (id)
VALUES ($1)
ON CONFLICT (id) DO UPDATE SET
  retired_at = NULL
