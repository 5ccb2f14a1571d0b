// The floor Engine: see docs/architecture.md.
