-- A licence left the description; jobs that need it wait until it is back.
-- $1: text – id
-- Returns: nothing
DELETE FROM licence WHERE id = $1
