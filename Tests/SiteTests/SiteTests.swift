// Tests of this floor: see CONTRIBUTING.md.
