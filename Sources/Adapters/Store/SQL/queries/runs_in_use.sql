-- What runs under way use, by who bears them.
-- Returns: member, project, programme, funder, commercial, gpus, running, held_gpu_ms
SELECT bearer_member AS member, bearer_project AS project, bearer_programme AS programme,
  bearer_funder AS funder, bearer_commercial AS commercial,
  sum(run.gpus_per_node * cardinality(run.nodes))::bigint AS gpus, count(*) AS running,
  sum(coalesce(run.hold_gpu_ms, 0))::bigint AS held_gpu_ms
FROM open_run JOIN run USING (job, task_index, attempt, committed_at)
GROUP BY 1, 2, 3, 4, 5
