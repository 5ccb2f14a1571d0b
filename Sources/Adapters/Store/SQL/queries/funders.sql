-- Funders.
-- $1: bool – also what has left the description
-- Returns: id, name, commercial_cap_basis_points
SELECT id, name, commercial_cap_basis_points FROM funder WHERE $1 OR retired_at IS NULL
