// The floor SlurmBridge: see docs/architecture.md.
