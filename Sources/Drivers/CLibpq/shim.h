// libpq, and the few of its macros that Swift's importer leaves out.
#pragma once
#include <libpq-fe.h>

enum clibpq_field {
  clibpq_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
  clibpq_sqlstate = PG_DIAG_SQLSTATE,
  clibpq_message = PG_DIAG_MESSAGE_PRIMARY,
  clibpq_table = PG_DIAG_TABLE_NAME,
  clibpq_column = PG_DIAG_COLUMN_NAME,
  clibpq_constraint = PG_DIAG_CONSTRAINT_NAME
};

// One field of an error or notice, or NULL; it belongs to `result`.
static inline const char *clibpq_error_field(const PGresult *result, enum clibpq_field field) {
  return PQresultErrorField(result, (int)field);
}
