// The floor SlurmControl: see docs/architecture.md.
