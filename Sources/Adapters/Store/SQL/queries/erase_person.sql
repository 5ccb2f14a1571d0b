-- Erases all that names a member.
-- $1: text – member
-- Returns: nothing
DELETE FROM person WHERE member = $1
