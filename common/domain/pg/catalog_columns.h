#ifndef CATALOG_COLUMNS_H
#define CATALOG_COLUMNS_H

struct catalog;
struct catalog_table;
struct session;

/* catalog_columns_load(s, c): the columns and keys of the tables that ${c}
 * already has. 0, or -1 after a message. For catalog.c alone. */
int catalog_columns_load(struct session *s, struct catalog *c);

/* catalog_columns_fini(t): free them. */
void catalog_columns_fini(struct catalog_table *t);

#endif
