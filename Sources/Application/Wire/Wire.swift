// The floor Wire: see docs/architecture.md.
