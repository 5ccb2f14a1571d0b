-- Adds a version of a partition's rate card.
-- $1: text – partition
-- $2: bigint – version
-- $3: timestamptz – in force from
-- $4: bigint – per GPU, thousandths
-- $5: bigint – per CPU, thousandths
-- $6: bigint – per GiB, thousandths
-- $7: bigint – per GPU that is taken in shares, thousandths, or null
-- $8: bigint – euro reference rate, cents per GPU-hour, or null
-- Returns: nothing
INSERT INTO rate_card (
  partition, version, in_force_from, per_gpu_thousandths, per_cpu_thousandths,
  per_gib_thousandths, per_shared_gpu_thousandths, cents_per_gpu_hour)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
