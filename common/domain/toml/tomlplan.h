#ifndef TOMLPLAN_H
#define TOMLPLAN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct toml_step;
struct tomlparse;
struct tomlparse_stmt;
struct tree;

/*
 * An edit being planned: the text with what it says, and the changes to make.
 * Each planner returns 0 or -1, then with ${why} saying what stands against
 * it, or NULL when out of memory.
 */
struct tomlplan {
	const char *text;
	size_t len;
	const struct tomlparse *doc;
	const char *newline; /* of this text: "\n" or "\r\n" */
	struct tomlplan_change *change;
	size_t n, size;
	const char *why;
};

/* tomlplan_init(p, text, len, doc): no change yet. tomlplan_fini frees. */
void tomlplan_init(struct tomlplan *p, const char *text, size_t len,
	const struct tomlparse *doc);
void tomlplan_fini(struct tomlplan *p);

/* tomlplan_refuse(p, why): -1, with the reason (static text). */
int tomlplan_refuse(struct tomlplan *p, const char *why);

/* tomlplan_change(p, begin, end, s, len): these bytes become a copy of ${s}.
 * Removals may overlap; insertions at one place keep their order. */
int tomlplan_change(struct tomlplan *p, size_t begin, size_t end, const char *s,
	size_t len);

/* tomlplan_take(p, begin, end, b): the same with the contents of ${b}, which
 * is freed, also on failure. */
int tomlplan_take(struct tomlplan *p, size_t begin, size_t end, struct buf *b);

/* tomlplan_apply(p, out): append the changed text. 0 or -1 (ENOMEM). */
int tomlplan_apply(struct tomlplan *p, struct buf *out);

/* tomlplan_line(p, at): where the line with ${at} begins, past a byte order
 * mark. tomlplan_next_line(p, at): where the next one does, or the end. */
size_t tomlplan_line(const struct tomlplan *p, size_t at);
size_t tomlplan_next_line(const struct tomlplan *p, size_t at);

/* is_tomlplan_blank(p, line), is_tomlplan_comment(p, line): what the line that
 * begins at ${line} holds; the end of the text is neither. */
bool is_tomlplan_blank(const struct tomlplan *p, size_t line);
bool is_tomlplan_comment(const struct tomlplan *p, size_t line);

/* tomlplan_comments(p, line): where the comment lines directly above begin. */
size_t tomlplan_comments(const struct tomlplan *p, size_t line);

/* tomlplan_blanks(p, at): past the spaces and tabs from ${at} on. */
size_t tomlplan_blanks(const struct tomlplan *p, size_t at);

/* tomlplan_gap(p, at): past blanks, line ends and comments. */
size_t tomlplan_gap(const struct tomlplan *p, size_t at);

/* is_tomlplan_top(s): whether a statement has lines of its own, rather than
 * standing in an inline table. */
bool is_tomlplan_top(const struct tomlparse_stmt *s);

/* is_tomlplan_beneath(t, root): whether ${t} is ${root} or beneath it. */
bool is_tomlplan_beneath(const struct tree *t, const struct tree *root);

/* tomlplan_first(p, t), tomlplan_last(p, t): the first and last statement with
 * lines of its own that is about ${t} or something beneath it, or NULL. */
const struct tomlparse_stmt *tomlplan_first(
	const struct tomlplan *p, const struct tree *t);
const struct tomlparse_stmt *tomlplan_last(
	const struct tomlplan *p, const struct tree *t);

/* tomlplan_section(p, s): the last statement of the section that ${s} opens
 * or stands in. */
const struct tomlparse_stmt *tomlplan_section(
	const struct tomlplan *p, const struct tomlparse_stmt *s);

/* tomlplan_section_end(p, s): the offset past the lines of that section, and of
 * comments that follow it directly and belong to no next header. */
size_t tomlplan_section_end(
	const struct tomlplan *p, const struct tomlparse_stmt *s);

/* tomlplan_opener(p, t): the header that opens the table ${t}, or NULL. */
const struct tomlparse_stmt *tomlplan_opener(
	const struct tomlplan *p, const struct tree *t);

/* tomlplan_put_indent(p, b, s): append the blanks before a statement; none for
 * NULL. 0 or -1 (ENOMEM). */
int tomlplan_put_indent(const struct tomlplan *p, struct buf *b,
	const struct tomlparse_stmt *s);

#endif
