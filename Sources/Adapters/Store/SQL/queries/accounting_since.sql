-- The jobs with a task that has not ended or that ended since, in order of their numbers, part by
-- part.
-- $1: timestamptz – since
-- $2: timestamptz – submitted before, or null
-- $3: text[] – projects, or null for all
-- $4: text[] – members, or null for all
-- $5: text[] – names, or null for all
-- $6: bigint – only those with a greater number
-- $7: bigint – at most so many
-- Returns: number
WITH listed AS MATERIALIZED (
  SELECT job FROM task WHERE state <> 'ended' AND job > $6
  UNION
  SELECT job FROM task WHERE state = 'ended' AND ended_at >= $1 AND job > $6)
SELECT number FROM listed JOIN job ON job.number = listed.job
WHERE ($2::timestamptz IS NULL OR submitted_at < $2)
  AND ($3::text[] IS NULL OR project = ANY ($3))
  AND ($4::text[] IS NULL OR member = ANY ($4))
  AND ($5::text[] IS NULL OR name = ANY ($5))
ORDER BY number LIMIT $7
