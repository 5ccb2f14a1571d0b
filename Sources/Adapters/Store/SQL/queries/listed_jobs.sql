-- The numbers of the jobs that a reader asked for, the latest first. A job that is named is
-- listed even if it has ended.
-- $1: bigint – the only job, or null
-- $2: text[] – projects, or null for all
-- $3: bool – also jobs that have ended
-- $4: bigint – at most so many
-- Returns: number
SELECT number FROM job
WHERE ($1::bigint IS NULL OR number = $1)
  AND ($2::text[] IS NULL OR project = ANY ($2))
  AND ($3::bool OR $1::bigint IS NOT NULL
    OR number IN (SELECT job FROM task WHERE state <> 'ended'))
ORDER BY number DESC LIMIT $4
