-- What funders are entitled to.
-- Returns: funder, holds_from, share_basis_points, in order
SELECT funder, holds_from, share_basis_points FROM funder_share ORDER BY funder, position
