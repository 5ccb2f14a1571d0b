// The floor Domain: see docs/architecture.md.
