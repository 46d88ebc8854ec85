#ifndef STORES_H
#define STORES_H

struct job;

/*
 * stores_build(job): a need for each database and key-value store of the file;
 * variables are added to them by needs_database and needs_keyvalue.
 */
void stores_build(struct job *job);

#endif
