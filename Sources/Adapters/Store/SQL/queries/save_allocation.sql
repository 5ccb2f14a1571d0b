-- Describes an allocation. What is left of it stands in the ledger alone.
-- $1: text – id
-- $2: text – project
-- $3: text – programme
-- $4: bigint – granted_gpu_ms
-- $5: timestamptz – window_from
-- $6: timestamptz – window_to
-- $7: bigint – opening_gpu_ms
-- $8: text – follows, or null
-- Returns: nothing
INSERT INTO allocation (
  id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET
  project = excluded.project, programme = excluded.programme,
  granted_gpu_ms = excluded.granted_gpu_ms, window_from = excluded.window_from,
  window_to = excluded.window_to, opening_gpu_ms = excluded.opening_gpu_ms,
  follows = excluded.follows, retired_at = NULL
