// The floor Web: see docs/architecture.md.
