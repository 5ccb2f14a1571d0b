-- Describes a limit.
-- $1: text – id
-- $2: text – scope
-- $3: text – member, or null
-- $4: text – project, or null
-- $5: text[] – programmes, or null
-- $6: text – funder, or null
-- $7: bigint – most_gpus, or null
-- $8: bigint – most_running, or null
-- $9: bigint – most_held_gpu_ms, or null
-- $10: bigint – most_waiting, or null
-- $11: text – each: what it stands for, or null
-- Returns: nothing
INSERT INTO queue_limit (
  id, scope, member, project, programmes, funder, most_gpus, most_running, most_held_gpu_ms,
  most_waiting, each)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET
  scope = excluded.scope, member = excluded.member, project = excluded.project,
  programmes = excluded.programmes, funder = excluded.funder, most_gpus = excluded.most_gpus,
  most_running = excluded.most_running, most_held_gpu_ms = excluded.most_held_gpu_ms,
  most_waiting = excluded.most_waiting, each = excluded.each
