#ifndef BLUEPRINT_H
#define BLUEPRINT_H

struct job;

/*
 * blueprint_read(job): find the services, databases and groups of variables of
 * the file, those of projects and their environments too; give each service
 * its app's name and mark those to convert. 0, or -1 after a message.
 */
int blueprint_read(struct job *job);

#endif
