// The floor Store: see docs/architecture.md.
