// The floor Client: see docs/architecture.md.
