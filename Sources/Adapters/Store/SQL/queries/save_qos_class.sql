-- Describes a class of service.
-- $1: text – id
-- $2: bigint – priority_millionths
-- $3: bool – is_preemptable
-- $4: text – signal
-- $5: bigint – notice_seconds
-- $6: bool – is_for_some
-- $7: text[] – projects
-- $8: bigint – promise_ahead_seconds, or null for as far as the order says
-- Returns: nothing
INSERT INTO qos_class (
  id, priority_millionths, is_preemptable, signal, notice_seconds, is_for_some, projects,
  promise_ahead_seconds)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET
  priority_millionths = excluded.priority_millionths,
  is_preemptable = excluded.is_preemptable, signal = excluded.signal,
  notice_seconds = excluded.notice_seconds, is_for_some = excluded.is_for_some,
  projects = excluded.projects, promise_ahead_seconds = excluded.promise_ahead_seconds
