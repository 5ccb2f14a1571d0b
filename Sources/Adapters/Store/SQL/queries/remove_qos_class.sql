-- A class of service left the description; jobs that name it are as if they named none.
-- $1: text – id
-- Returns: nothing
DELETE FROM qos_class WHERE id = $1
