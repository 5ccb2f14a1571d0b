-- Nodes.
-- $1: bool – also what has left the description
-- Returns: name, gpu_type, gpus, cpus, memory_mib
SELECT name, gpu_type, gpus, cpus, memory_mib FROM node WHERE $1 OR retired_at IS NULL
