// The floor BridgeProtocol: see docs/architecture.md.
