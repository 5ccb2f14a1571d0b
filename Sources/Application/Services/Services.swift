// The floor Services: see docs/architecture.md.
