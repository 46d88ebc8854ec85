#ifndef READING_H
#define READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_val;
struct story;

/*
 * One record on its way into a story, and what its readers share. Running out
 * of memory sticks in the story.
 */
struct reading {
	struct story *s;
	const struct json_val *r;
	double at; /* of the record, 0: it does not say */
};

/* Readers by the type of the record; the last has type NULL. */
struct reader {
	const char *type;
	void (*read)(const struct reading *x);
};
extern const struct reader moved_readers[]; /* copied and compared */
extern const struct reader name_readers[];  /* DNS, and following */
extern const struct reader client_readers[];

/* A member of the record: reading_text, "" without one; reading_number and
 * reading_whole, 0; reading_time, seconds since 1970 or 0; is_reading, false.
 */
const char *reading_text(const struct reading *x, const char *key);
double reading_number(const struct reading *x, const char *key);
int64_t reading_whole(const struct reading *x, const char *key);
double reading_time(const struct reading *x, const char *key);
bool is_reading(const struct reading *x, const char *key);

/* reading_copy(s, v): a copy, the story's to free. */
char *reading_copy(struct story *s, const char *v);

/* reading_format(s, fmt, ...): likewise. */
char *reading_format(struct story *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* reading_more(s, list, n, size, most): room for one more of a list, zeroed, or
 * NULL: there are ${most} of them, which is counted. */
void *reading_more(
	struct story *s, void **list, size_t *n, size_t size, size_t most);

/* How many of each sort a report shows; what is beyond is counted. */
enum { READING_MOST = 5000 };
#define READING_MORE(s, list, n, most)                                         \
	reading_more(s, (void **)&(s)->list, &(s)->n, sizeof(*(s)->list), most)

#endif
