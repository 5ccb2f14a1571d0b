-- What was taken of caps in the periods that an instant is in.
-- $1: timestamptz – the instant
-- Returns: cap, used_gpu_ms, held_gpu_ms
SELECT cap, used_gpu_ms, held_gpu_ms FROM cap_use JOIN cap ON cap.id = cap_use.cap
WHERE period_from = cap_period(window_from, window_to, $1)
