-- The end of an allocation's window, whether or not it left the description.
-- $1: text – allocation
-- Returns: window_to
SELECT window_to FROM allocation WHERE id = $1
