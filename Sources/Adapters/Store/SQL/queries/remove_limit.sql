-- A limit left the description.
-- $1: text – id
-- Returns: nothing
DELETE FROM queue_limit WHERE id = $1
