-- Erases the names of a member's jobs, with what a repeated submission is known by.
-- $1: text – member
-- Returns: nothing
UPDATE job SET name = 'erased', name_erased_at = polder_now(), idempotency_key = NULL,
  content_sha256 = sha256('')
WHERE member = $1 AND name_erased_at IS NULL
