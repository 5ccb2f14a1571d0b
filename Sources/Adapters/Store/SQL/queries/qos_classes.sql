-- The classes of service.
-- Returns: id, priority_millionths, is_preemptable, signal, notice_seconds, is_for_some, projects
SELECT id, priority_millionths, is_preemptable, signal, notice_seconds, is_for_some, projects
FROM qos_class
