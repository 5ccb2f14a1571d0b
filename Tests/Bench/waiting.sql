-- Gives the bench jobs that wait, by psql -v jobs=… as superuser.
WITH made AS (
  INSERT INTO job (name, member, project, partition, node_count, gpus_per_node, cpus_per_node,
    memory_mib_per_node, gpu_type, limit_seconds, array_indices, requeue, origin, slurm_job_id,
    content_sha256)
  SELECT 'train', 'm-bench', 'bench-p' || n % 32 + 1, 'gpu', 1, 1, 20, 128000, 'h100', 3600,
    '{}', false, 'slurm', n, '\x00'
  FROM generate_series(1, :jobs) AS n
  RETURNING number)
INSERT INTO task (job, task_index) SELECT number, -1 FROM made;
ANALYZE job, task;
