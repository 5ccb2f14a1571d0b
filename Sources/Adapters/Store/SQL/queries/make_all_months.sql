-- As the owner: makes the months from the earliest row that stands in none to the third from now,
-- and moves such rows into them.
-- Returns: made: how many
SELECT make_months(NULL, polder_now() + interval '3 months') AS made
