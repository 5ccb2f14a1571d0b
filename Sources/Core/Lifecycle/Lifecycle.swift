// The floor Lifecycle: see docs/architecture.md.
