// The floor Ledger: see docs/architecture.md.
