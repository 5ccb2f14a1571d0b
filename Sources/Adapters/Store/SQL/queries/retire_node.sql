-- Takes a node out of the description; its history stays.
-- $1: text – name
-- Returns: nothing
UPDATE node SET retired_at = polder_now() WHERE name = $1
