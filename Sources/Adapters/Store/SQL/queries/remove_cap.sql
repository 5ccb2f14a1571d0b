-- A cap left the description, with what was counted under it.
-- $1: text – id
-- Returns: nothing
DELETE FROM cap WHERE id = $1
