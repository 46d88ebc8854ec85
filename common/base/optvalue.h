#ifndef OPTVALUE_H
#define OPTVALUE_H

struct opt;

/*
 * optvalue_store(o, value, options): check ${value} (NULL for a flag) as the
 * table says and put it into the member of ${options}. 0, or -1 after saying
 * what is wrong with it and what is allowed.
 */
int optvalue_store(const struct opt *o, const char *value, void *options);

#endif
