-- Nodes.
-- $1: bool – also what has left the description
-- Returns: name, gpu_type, gpus, cpus, memory_mib, features, switches
SELECT name, gpu_type, gpus, cpus, memory_mib, features, switches FROM node
WHERE $1 OR retired_at IS NULL
