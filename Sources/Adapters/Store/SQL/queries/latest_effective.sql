-- When the latest entry of an allocation is effective, of those after a moment: few, once its window
-- has ended; none after now, but for what was ahead of the clock.
-- $1: text – allocation
-- $2: timestamptz – the moment
-- Returns: effective_at, null if there is none
SELECT max(effective_at) AS effective_at FROM ledger_entry
WHERE allocation = $1 AND effective_at > $2
