-- Adds a version of a partition's weights; one that stands is left as it is.
-- $1: text – partition
-- $2: bigint – version
-- $3: bigint – per GPU, thousandths
-- $4: bigint – per CPU, thousandths
-- $5: bigint – per GiB, thousandths
-- Returns: nothing
INSERT INTO rate_card (
  partition, version, per_gpu_thousandths, per_cpu_thousandths, per_gib_thousandths)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (partition, version) DO NOTHING
