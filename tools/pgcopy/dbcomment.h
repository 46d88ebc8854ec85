#ifndef DBCOMMENT_H
#define DBCOMMENT_H

struct engine;
struct session;

/*
 * The comment on the database itself. dbcomment_read(s, text): the caller's
 * ${*text}, NULL if there is none. dbcomment_write(e, text): put it on the
 * target's database, or tell, as a warning, that its owner must.
 * dbcomment_copy(e): from the source, if it has one. 0, or -1 after a message.
 */
int dbcomment_read(struct session *s, char **text);
int dbcomment_write(struct engine *e, const char *text);
int dbcomment_copy(struct engine *e);

#endif
