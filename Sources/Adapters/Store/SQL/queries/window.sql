-- The window of an allocation that is in force.
-- $1: text – allocation
-- Returns: window_from, window_to
SELECT window_from, window_to FROM allocation WHERE id = $1 AND retired_at IS NULL
