-- When the latest entry of an allocation is effective, of those after a moment: few, once its window
-- has ended.
-- $1: text – allocation
-- $2: timestamptz – the moment
-- Returns: effective_at, null if there is none
SELECT max(effective_at) AS effective_at FROM ledger_entry
WHERE allocation = $1 AND effective_at > $2
