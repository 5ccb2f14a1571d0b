-- Describes a funder.
-- $1: text – id
-- $2: text – name
-- $3: bigint – commercial_cap_basis_points, or null
-- Returns: nothing
INSERT INTO funder (id, name, commercial_cap_basis_points)
VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, commercial_cap_basis_points = excluded.commercial_cap_basis_points,
  retired_at = NULL
