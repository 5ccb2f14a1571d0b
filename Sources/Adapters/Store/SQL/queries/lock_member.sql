-- Keeps jobs of a member from being accepted until the transaction ends.
-- $1: text – member
-- Returns: id; no row if there never was such a member
SELECT id FROM member WHERE id = $1 FOR UPDATE
