-- All versions of all rate cards; what GPUs of a type weigh as two lists of equal order.
-- Returns: partition, version, in_force_from, per_gpu_thousandths, per_cpu_thousandths,
-- per_gib_thousandths, per_shared_gpu_thousandths, cents_per_gpu_hour, gpu_types,
-- per_gpu_of_type_thousandths
SELECT partition, version, in_force_from, per_gpu_thousandths, per_cpu_thousandths,
  per_gib_thousandths, per_shared_gpu_thousandths, cents_per_gpu_hour,
  ARRAY(
    SELECT gpu_type FROM rate_of_gpu_type AS of_type
    WHERE (of_type.partition, of_type.version) = (rate_card.partition, rate_card.version)
    ORDER BY gpu_type
  ) AS gpu_types,
  ARRAY(
    SELECT of_type.per_gpu_thousandths FROM rate_of_gpu_type AS of_type
    WHERE (of_type.partition, of_type.version) = (rate_card.partition, rate_card.version)
    ORDER BY gpu_type
  ) AS per_gpu_of_type_thousandths
FROM rate_card
ORDER BY partition, version
