-- The classes of service.
-- Returns: id, priority_millionths, is_preemptable, signal, notice_seconds, is_for_some, projects,
-- promise_ahead_seconds (null for as far as the order says)
SELECT id, priority_millionths, is_preemptable, signal, notice_seconds, is_for_some, projects,
  promise_ahead_seconds
FROM qos_class
