-- As accounting_since.sql, of so many jobs that no part can look at all of them: walks the jobs in order
-- of their numbers from where the part before ended, and stops when the part is full.
-- $1: timestamptz – since
-- $2: timestamptz – submitted before, or null
-- $3: text[] – projects, or null for all
-- $4: text[] – members, or null for all
-- $5: text[] – names, or null for all
-- $6: bigint – only those with a greater number
-- $7: bigint – at most so many
-- Returns: number
SELECT number FROM job
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look at each job's tasks in turn.
  SELECT FROM task
  WHERE task.job = job.number AND (state <> 'ended' OR ended_at >= $1) LIMIT 1) AS listed
WHERE number > $6
  AND number >= CASE WHEN $6::bigint > 0 THEN $6 ELSE least(
    (SELECT min(job) FROM task WHERE state <> 'ended'),
    (SELECT min(job) FROM task WHERE state = 'ended' AND ended_at >= $1)) END
  AND ($2::timestamptz IS NULL OR submitted_at < $2)
  AND ($3::text[] IS NULL OR project = ANY ($3))
  AND ($4::text[] IS NULL OR member = ANY ($4))
  AND ($5::text[] IS NULL OR name = ANY ($5))
ORDER BY number LIMIT $7
