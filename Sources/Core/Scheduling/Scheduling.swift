// The floor Scheduling: see docs/architecture.md.
