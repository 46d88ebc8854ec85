#ifndef PLANSHOW_H
#define PLANSHOW_H

struct plan;

/* planshow(p): the plan for people, a note for each set: what it is and what it
 * becomes. */
void planshow(const struct plan *p);

#endif
