-- Describes a cap.
-- $1: text – id
-- $2: bool – is_described: false for what follows from a funder's
-- $3: text – scope
-- $4: text – member, or null
-- $5: text – project, or null
-- $6: text[] – programmes, or null
-- $7: text – funder, or null
-- $8: bigint – limit_gpu_ms, or null
-- $9: text – share_funder, or null
-- $10: bigint – share_basis_points, or null
-- $11: timestamptz – window_from, or null
-- $12: timestamptz – window_to, or null
-- $13: text – strength
-- Returns: nothing
INSERT INTO cap (
  id, is_described, scope, member, project, programmes, funder, limit_gpu_ms, share_funder,
  share_basis_points, window_from, window_to, strength)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET
  is_described = excluded.is_described, scope = excluded.scope, member = excluded.member,
  project = excluded.project, programmes = excluded.programmes, funder = excluded.funder,
  limit_gpu_ms = excluded.limit_gpu_ms, share_funder = excluded.share_funder,
  share_basis_points = excluded.share_basis_points, window_from = excluded.window_from,
  window_to = excluded.window_to, strength = excluded.strength
