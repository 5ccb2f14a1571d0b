// The floor Postgres: see docs/architecture.md.
