-- How many tasks wait, by whose they are and what they may hold from.
-- Returns: member, project, allocation: null if none is named; tasks
SELECT job.member, job.project, job.allocation, count(*) AS tasks
FROM task JOIN job ON job.number = task.job
WHERE task.state = 'waiting' GROUP BY 1, 2, 3
