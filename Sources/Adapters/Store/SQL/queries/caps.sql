-- The caps that are described.
-- Returns: id, scope, member, project, programmes, funder, limit_gpu_ms, share_funder,
-- share_basis_points, window_from, window_to, strength
SELECT id, scope, member, project, programmes, funder, limit_gpu_ms, share_funder,
  share_basis_points, window_from, window_to, strength
FROM cap WHERE is_described
