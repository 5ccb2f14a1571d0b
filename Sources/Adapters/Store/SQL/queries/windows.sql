-- The windows of those allocations that are in force.
-- $1: text[] – allocations
-- Returns: id, window_from, window_to
SELECT id, window_from, window_to FROM allocation WHERE id = ANY ($1) AND retired_at IS NULL
