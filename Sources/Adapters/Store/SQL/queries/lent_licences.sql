-- How many of each licence runs under way have.
-- Returns: name, count
SELECT lent.name, sum(lent.count)::bigint AS count
FROM open_run JOIN job ON job.number = open_run.job
CROSS JOIN LATERAL unnest(job.licences, job.licence_counts) AS lent (name, count)
GROUP BY 1
