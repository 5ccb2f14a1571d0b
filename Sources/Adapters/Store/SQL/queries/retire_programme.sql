-- Takes a programme out of the description; its history stays.
-- $1: text – id
-- Returns: nothing
UPDATE programme SET retired_at = polder_now() WHERE id = $1
