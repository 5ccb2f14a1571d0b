// The store's migrations and queries, embedded when the program is built.
#pragma once

// Both strings are UTF-8, end in a zero, and live as long as the program.
struct store_sql_file {
  const char *name;
  const char *text;
};

// Arrays in order of name, each ended by a file without name.
const struct store_sql_file *store_sql_migrations(void);
const struct store_sql_file *store_sql_queries_a_to_l(void);
const struct store_sql_file *store_sql_queries_m_to_z(void);
// The groups that have rights, and who may do what; texts as above.
const char *store_sql_roles(void);
const char *store_sql_rights(void);
