#ifndef TOMLINSERT_H
#define TOMLINSERT_H

#include <stdbool.h>
#include <stddef.h>

struct toml_step;
struct tomlplan;
struct tree;

/* What to put into a table, and where: ${n} keys that are missing in the
 * table ${in}, then a value; or the lines of a table. */
struct tomlinsert {
	const struct tree *in;
	const struct toml_step *key;
	size_t n;
	const struct tree *value; /* may be NULL for an empty table */
};

/* tomlinsert_quotes(p): how the text writes its strings (enum
 * tomltext_quotes). */
unsigned tomlinsert_quotes(const struct tomlplan *p);

/* tomlinsert_value(p, i): the keys with the value on a line, in the style of
 * the table they go into. */
int tomlinsert_value(struct tomlplan *p, const struct tomlinsert *i);

/* tomlinsert_table(p, i, element): a header for the keys, [[ ]] if they name
 * an ${element}, and the members of the value beneath it. ${n} is 0 for the
 * header of a table known from longer ones only. */
int tomlinsert_table(
	struct tomlplan *p, const struct tomlinsert *i, bool element);

/* tomlinsert_element(p, array, value): one more [[ ]] with these members. */
int tomlinsert_element(
	struct tomlplan *p, const struct tree *array, const struct tree *value);

#endif
