-- One task of an array can have another time limit than the array: `scontrol update JobId=17_3` and
-- `polder job extend P12_3` mean that task alone.
ALTER TABLE task ADD COLUMN limit_seconds bigint CHECK (limit_seconds > 0);
