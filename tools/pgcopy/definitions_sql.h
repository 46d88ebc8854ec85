#ifndef DEFINITIONS_SQL_H
#define DEFINITIONS_SQL_H

/* definitions_sql: the query in definitions.sql, which the build makes a
 * string. */
extern const char definitions_sql[];

#endif
