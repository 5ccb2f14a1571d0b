// The floor LocalSocket: see docs/architecture.md.
