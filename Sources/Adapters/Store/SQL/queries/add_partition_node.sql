-- Puts a node into a partition.
-- $1: text – partition
-- $2: text – node
-- Returns: nothing
INSERT INTO partition_node (partition, node) VALUES ($1, $2)
