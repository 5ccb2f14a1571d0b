-- The checks of entries were planned anew for each row, since a plan for one month looks cheaper than
-- one for any; over all months that planning took longer than all else of a settlement together.
-- One plan serves all rows, and looks into the one month that a row is of.
ALTER FUNCTION ledger_entry_settles() SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION ledger_entry_refunds() SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION ledger_entry_corrects() SET plan_cache_mode = force_generic_plan;
