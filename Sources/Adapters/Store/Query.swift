package import Postgres
import StoreSQL

/// The store's statements: one case for each file of `SQL/queries`, which says in its header what
/// its parameters and columns are.
package enum Query: String, CaseIterable, Sendable {
  case acceptJob = "accept_job"
  case accessSums = "access_sums"
  case accountingNamed = "accounting_named"
  case accountingSince = "accounting_since"
  case accountingWalk = "accounting_walk"
  case actNotes = "act_notes"
  case addActNote = "add_act_note"
  case addContribution = "add_contribution"
  case addDependencies = "add_dependencies"
  case addDirectives = "add_directives"
  case addLateStart = "add_late_start"
  case addMembership = "add_membership"
  case addNodeChange = "add_node_change"
  case addPartitionNode = "add_partition_node"
  case addPayload = "add_payload"
  case addReceipt = "add_receipt"
  case addPeriodFacts = "add_period_facts"
  case addRuns = "add_runs"
  case addShare = "add_share"
  case addTasks = "add_tasks"
  case allocationEntries = "allocation_entries"
  case allocations
  case appendAudit = "append_audit"
  case auditCounts = "audit_counts"
  case auditLineOfHash = "audit_line_of_hash"
  case auditLines = "audit_lines"
  case auditList = "audit_list"
  case auditStanding = "audit_standing"
  case balances
  case balancesAsOf = "balances_as_of"
  case beginRestore = "begin_restore"
  case bindJob = "bind_job"
  case bindTask = "bind_task"
  case bookedLate = "booked_late"
  case booksClock = "books_clock"
  case bookSums = "book_sums"
  case busyNodes = "busy_nodes"
  case busyProjects = "busy_projects"
  case cancelEnded = "cancel_ended"
  case caps
  case capUses = "cap_uses"
  case centreVersion = "centre_version"
  case changeJobLimit = "change_job_limit"
  case changedUses = "changed_uses"
  case clearQueueOrder = "clear_queue_order"
  case changeTaskLimit = "change_task_limit"
  case jobLimits = "job_limits"
  case changes
  case clearContributions = "clear_contributions"
  case clearMemberships = "clear_memberships"
  case clearPartitionNodes = "clear_partition_nodes"
  case clearPayloads = "clear_payloads"
  case clearShares = "clear_shares"
  case closeBooks = "close_books"
  case closedPeriods = "closed_periods"
  case closeRun = "close_run"
  case commitAtEase = "commit_at_ease"
  case contributions
  case corrected
  case countCap = "count_cap"
  case countCentre = "count_centre"
  case dependencies
  case directives
  case dropPayloads = "drop_payloads"
  case dropPromise = "drop_promise"
  case endedSince = "ended_since"
  case endRestore = "end_restore"
  case endRuns = "end_runs"
  case entriesBehind = "entries_behind"
  case entry
  case entryRange = "entry_range"
  case eraseNamesOfMember = "erase_names_of_member"
  case eraseNote = "erase_note"
  case eraseNotesOfMember = "erase_notes_of_member"
  case eraseOldNames = "erase_old_names"
  case eraseOldNotes = "erase_old_notes"
  case erasePayloadsOfMember = "erase_payloads_of_member"
  case erasePerson = "erase_person"
  case erasedMembers = "erased_members"
  case exportSnapshot = "export_snapshot"
  case extendRun = "extend_run"
  case finishDirectives = "finish_directives"
  case finishRestore = "finish_restore"
  case firstJobs = "first_jobs"
  case firstUnsealed = "first_unsealed"
  case forgetDatabaseReads = "forget_database_reads"
  case funders
  case grantCounts = "grant_counts"
  case hasMigrations = "has_migrations"
  case isRestoring = "is_restoring"
  case jobByKey = "job_by_key"
  case jobFolders = "job_folders"
  case jobOwners = "job_owners"
  case jobsOfAllocations = "jobs_of_allocations"
  case jobs
  case jobsBySlurmID = "jobs_by_slurm_id"
  case jobsOfMember = "jobs_of_member"
  case journalDays = "journal_days"
  case journalOpening = "journal_opening"
  case journalPage = "journal_page"
  case lastEntry = "last_entry"
  case lastNodeChanges = "last_node_changes"
  case latestEffective = "latest_effective"
  case leapJobs = "leap_jobs"
  case lateStarts = "late_starts"
  case lentLicences = "lent_licences"
  case licences
  case limits
  case listedJobs = "listed_jobs"
  case lockActKey = "lock_act_key"
  case lockBalances = "lock_balances"
  case lockCaps = "lock_caps"
  case lockCapsOfRun = "lock_caps_of_run"
  case lockCentre = "lock_centre"
  case lockJobs = "lock_jobs"
  case lockLimits = "lock_limits"
  case lockMember = "lock_member"
  case lockNodeChanges = "lock_node_changes"
  case lockTasks = "lock_tasks"
  case makeAllMonths = "make_all_months"
  case makePartitions = "make_partitions"
  case markRestored = "mark_restored"
  case members
  case memberships
  case migrationLock = "migration_lock"
  case migrations
  case migrationTable = "migration_table"
  case nextToSeal = "next_to_seal"
  case nodeChanges = "node_changes"
  case nodeFailures = "node_failures"
  case nodes
  case notifyChanged = "notify_changed"
  case now
  case openJobs = "open_jobs"
  case openJobsOfMember = "open_jobs_of_member"
  case openRuns = "open_runs"
  case openRunsOf = "open_runs_of"
  case organisations
  case ownBooks = "own_books"
  case partitions
  case paceActs = "pace_acts"
  case paceExpired = "pace_expired"
  case paceUses = "pace_uses"
  case payload
  case periodBounds = "period_bounds"
  case periodFacts = "period_facts"
  case picture
  case postEntries = "post_entries"
  case programmes
  case projectEntries = "project_entries"
  case projects
  case promises
  case pruneChanges = "prune_changes"
  case pruneReceipts = "prune_receipts"
  case qosClasses = "qos_classes"
  case queueOrder = "queue_order"
  case raiseChangeFloor = "raise_change_floor"
  case rateCards = "rate_cards"
  case readingIsNoted = "reading_is_noted"
  case recordCursor = "record_cursor"
  case recordMigration = "record_migration"
  case refundedSums = "refunded_sums"
  case removeCap = "remove_cap"
  case removeLicence = "remove_licence"
  case removeLimit = "remove_limit"
  case removeQOSClass = "remove_qos_class"
  case removeRateCard = "remove_rate_card"
  case requestCancel = "request_cancel"
  case restoredAt = "restored_at"
  case retentionDue = "retention_due"
  case retireAllocation = "retire_allocation"
  case retireFunder = "retire_funder"
  case retireMember = "retire_member"
  case retireNode = "retire_node"
  case retireOrganisation = "retire_organisation"
  case retirePartition = "retire_partition"
  case retireProgramme = "retire_programme"
  case retireProject = "retire_project"
  case rowsOutsideMonths = "rows_outside_months"
  case runEntries = "run_entries"
  case runs
  case runsByKey = "runs_by_key"
  case runsInUse = "runs_in_use"
  case saveAllocation = "save_allocation"
  case saveCap = "save_cap"
  case saveFunder = "save_funder"
  case saveLicence = "save_licence"
  case saveLimit = "save_limit"
  case saveMember = "save_member"
  case saveNode = "save_node"
  case saveOrganisation = "save_organisation"
  case savePartition = "save_partition"
  case savePerson = "save_person"
  case saveProgramme = "save_programme"
  case saveProject = "save_project"
  case savePromise = "save_promise"
  case saveQOSClass = "save_qos_class"
  case saveQueueOrder = "save_queue_order"
  case saveRateCard = "save_rate_card"
  case saveRateOfType = "save_rate_of_type"
  case saveRecordCursor = "save_record_cursor"
  case sealPeriod = "seal_period"
  case setTasks = "set_tasks"
  case shareBooks = "share_books"
  case shares
  case startRuns = "start_runs"
  case strayHolds = "stray_holds"
  case submittedJobs = "submitted_jobs"
  case tableCount = "table_count"
  case takeDatabaseReads = "take_database_reads"
  case takeReceipt = "take_receipt"
  case taskEnds = "task_ends"
  case taskWaits = "task_waits"
  case tasks
  case tasksByKey = "tasks_by_key"
  case tryLead = "try_lead"
  case unbalanced
  case unchargedRuns = "uncharged_runs"
  case unguarded
  case useStanding = "use_standing"
  case waitingTasks = "waiting_tasks"
  case windowEnd = "window_end"
  case windows
  case worthSums = "worth_sums"
  case wrongAtAGlance = "wrong_at_a_glance"
  case wrongBalances = "wrong_balances"
  case wrongCaps = "wrong_caps"

  /// Its text, as the file has it.
  package var statement: Statement {
    guard let statement = Self.statements[rawValue] else {
      preconditionFailure("SQL/queries has no \(rawValue).sql")
    }
    return statement
  }

  private static let statements = Dictionary(
    uniqueKeysWithValues: EmbeddedSQL.queries.map { ($0.name, Statement($0.text)) })
}

/// The `.sql` files as they were when the program was built, in order of name.
package enum EmbeddedSQL {
  package struct File: Sendable {
    /// Without `.sql`.
    package let name: String
    package let text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  // Both arrays are constants of the program, each ended by a file without name.
  package static let queries =
    unsafe files(from: store_sql_queries_a_to_l()) + files(from: store_sql_queries_m_to_z())
  package static let migrations = unsafe files(from: store_sql_migrations())

  /// The groups that have rights, and who may do what: run after every migration. Constants of the
  /// program, ended by a zero, and copied.
  package static let roles = unsafe String(cString: store_sql_roles())
  package static let rights = unsafe String(cString: store_sql_rights())

  private static func files(from first: UnsafePointer<store_sql_file>?) -> [File] {
    var files: [File] = []
    var next = unsafe first
    // `next` walks an array that lives as long as the program and stops at its end mark; both
    // strings of a file end in a zero and are copied.
    while let file = unsafe next?.pointee, let name = unsafe file.name,
      let text = unsafe file.text
    {
      files.append(File(name: unsafe String(cString: name), text: unsafe String(cString: text)))
      unsafe next = next?.successor()
    }
    return files
  }
}

extension Transaction {
  borrowing func query(
    _ query: Query, _ values: [Value] = []
  ) throws(PostgresError) -> Rows {
    try self.query(query.statement, values)
  }

  @discardableResult
  borrowing func execute(
    _ query: Query, _ values: [Value] = []
  ) throws(PostgresError) -> Int {
    try self.execute(query.statement, values)
  }

  /// Runs several statements in one round trip; the rows of each.
  borrowing func queries(_ queries: [(Query, [Value])]) throws(PostgresError) -> [Rows] {
    try self.queries(queries.map { ($0.0.statement, $0.1) })
  }

  /// Has a statement run with the next one that is asked for, or with COMMIT.
  borrowing func later(_ query: Query, _ values: [Value] = []) throws(PostgresError) {
    try self.later(query.statement, values)
  }

  /// As `later(_:_:)`, of a statement that writes many rows: each parameter has one element for
  /// each row. Nothing for none.
  borrowing func later(_ query: Query, rows: [[Value]]) throws(PostgresError) {
    guard !rows.isEmpty else { return }
    try later(query, Value.columns(of: rows))
  }

  /// As `later(_:_:)`, once for each set of parameters; nothing for none.
  borrowing func later(_ query: Query, sets: [[Value]]) throws(PostgresError) {
    try self.later(query.statement, sets: sets)
  }
}
