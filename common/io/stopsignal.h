#ifndef STOPSIGNAL_H
#define STOPSIGNAL_H

#include <stdbool.h>

/*
 * Programs that go on until they are told to end. stopsignal_hold(): from now
 * on SIGTERM and SIGINT wait to be asked about. is_stopsignal(): one has come;
 * the next one ends the process as usual.
 */
void stopsignal_hold(void);
bool is_stopsignal(void);

#endif
