-- Makes room for a partition's described partition nodes.
-- $1: text – partition
-- Returns: nothing
DELETE FROM partition_node WHERE partition = $1
