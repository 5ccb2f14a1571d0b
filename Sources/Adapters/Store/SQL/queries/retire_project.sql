-- Takes a project out of the description; its history stays.
-- $1: text – id
-- Returns: nothing
UPDATE project SET retired_at = polder_now() WHERE id = $1
