-- How many tasks ended since a moment, counted no further than asked.
-- $1: timestamptz – the moment
-- $2: bigint – at most so many
-- Returns: count
SELECT count(*) AS count FROM (
  SELECT FROM task WHERE state = 'ended' AND ended_at >= $1 LIMIT $2) AS counted
