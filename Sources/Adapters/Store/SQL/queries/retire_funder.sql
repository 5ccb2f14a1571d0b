-- Takes a funder out of the description; its history stays.
-- $1: text – id
-- Returns: nothing
UPDATE funder SET retired_at = polder_now() WHERE id = $1
