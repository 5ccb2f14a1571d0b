-- Adds what a funder is entitled to.
-- $1: text – funder
-- $2: bigint – position
-- $3: date – holds_from
-- $4: bigint – share_basis_points
-- Returns: nothing
INSERT INTO funder_share (funder, position, holds_from, share_basis_points)
VALUES ($1, $2, $3, $4)
