// The floor Manifests: see docs/architecture.md.
