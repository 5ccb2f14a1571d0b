import Testing

/// Polder as its members meet it: the real daemon and bridge on a real Postgres and a real Slurm,
/// inside a site (`deploy/README.md`), by nothing but foreign commands.
///
/// One test at a time, since they kill what all of them stand on. Each leaves no job and no hold
/// behind, so that they pass in any order.
@Suite(.serialized)
struct SiteTests {}
