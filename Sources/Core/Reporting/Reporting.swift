// The floor Reporting: see docs/architecture.md.
