-- Whether what this role reads may be noted, and its transactions have to be ones that may write: not
-- of the owner, whom no policy holds.
-- Returns: is_noted
SELECT row_security_active('ledger_entry') AS is_noted
