-- What runs under way use, by who bears them.
-- Returns: member, project, programme, funder, commercial, gpus, running, held_gpu_ms
SELECT bearer_member AS member, bearer_project AS project, bearer_programme AS programme,
  bearer_funder AS funder, bearer_commercial AS commercial,
  sum(run.gpus_per_node * cardinality(run.nodes))::bigint AS gpus, count(*) AS running,
  sum(coalesce(run.hold_gpu_ms, 0))::bigint AS held_gpu_ms
FROM open_run
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up in its month.
  SELECT bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial,
    gpus_per_node, nodes, hold_gpu_ms
  FROM run
  WHERE run.job = open_run.job AND run.task_index = open_run.task_index
    AND run.attempt = open_run.attempt AND run.committed_at = open_run.committed_at
  LIMIT 1
) AS run
GROUP BY 1, 2, 3, 4, 5
