-- The numbers of the jobs that a reader asked for, the latest first. A job that is named is
-- listed even if it has ended. Each way of asking has an index of its own.
-- $1: bigint – the only job, or null
-- $2: text[] – projects, or null for all
-- $3: bool – also jobs that have ended
-- $4: bigint – at most so many
-- Returns: number
SELECT number FROM (
  SELECT number FROM job
  WHERE number = $1 AND ($2::text[] IS NULL OR project = ANY ($2))
  UNION ALL
  -- From the latest of what is open, each looked up, until there are enough.
  (SELECT open.job AS number
    FROM (SELECT DISTINCT job FROM task WHERE state <> 'ended' ORDER BY job DESC) AS open
    CROSS JOIN LATERAL (
      SELECT number FROM job
      WHERE number = open.job AND ($2::text[] IS NULL OR project = ANY ($2)) LIMIT 1) AS own
    WHERE $1::bigint IS NULL AND NOT $3
    ORDER BY open.job DESC LIMIT $4)
  UNION ALL
  (SELECT number FROM job WHERE $1::bigint IS NULL AND $3 AND $2::text[] IS NULL
    ORDER BY number DESC LIMIT $4)
  UNION ALL
  SELECT own.number FROM unnest($2::text[]) AS wanted (project)
  CROSS JOIN LATERAL (
    SELECT number FROM job WHERE job.project = wanted.project
    ORDER BY number DESC LIMIT $4) AS own
  WHERE $1::bigint IS NULL AND $3
) AS listed
ORDER BY number DESC LIMIT $4
