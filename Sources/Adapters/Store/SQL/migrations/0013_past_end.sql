-- A run that its policy lets go on past the end of its allocation is the operator's from then on.
ALTER TABLE ledger_entry
  DROP CONSTRAINT ledger_entry_reason_check,
  ADD CONSTRAINT ledger_entry_reason_check CHECK (reason IN (
    'node-failure', 'vanished', 'boot-failure', 'preempted', 'administrator-cancel', 'site-fault',
    'goodwill', 'miscount', 'past-limit', 'past-end', 'unplanned', 'taken-over', 'carried-over'));
-- The part of what it used.
ALTER TABLE run ADD COLUMN past_end_gpu_ms bigint NOT NULL DEFAULT 0
  CHECK (past_end_gpu_ms >= 0);
