-- Records that a node went up or down, or that its GPUs are others or weigh something else.
-- $1: text – node
-- $2: timestamptz – at
-- $3: bool – up
-- $4: bigint – gpus
-- $5: bigint – weight_thousandths: what they weigh together, or null if each weighs one
-- Returns: nothing
INSERT INTO node_change (node, at, up, gpus, weight_thousandths)
VALUES ($1, $2, $3, $4, $5)
