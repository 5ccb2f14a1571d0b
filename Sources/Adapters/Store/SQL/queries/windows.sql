-- The windows of those allocations that are in force, as far as they are not suspended.
-- $1: text[] – allocations
-- Returns: id, window_from, window_to
SELECT id, window_from,
  greatest(least(window_to, suspended_at), window_from) AS window_to
FROM allocation WHERE id = ANY ($1) AND retired_at IS NULL
