-- Takes a organisation out of the description; its history stays.
-- $1: text – id
-- Returns: nothing
UPDATE organisation SET retired_at = polder_now() WHERE id = $1
