-- Adds what a GPU of a type weighs to a version of a rate card.
-- $1: text – partition
-- $2: bigint – version
-- $3: text – GPU type
-- $4: bigint – per GPU, thousandths
-- Returns: nothing
INSERT INTO rate_of_gpu_type (partition, version, gpu_type, per_gpu_thousandths)
VALUES ($1, $2, $3, $4)
