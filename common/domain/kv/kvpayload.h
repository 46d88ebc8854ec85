#ifndef KVPAYLOAD_H
#define KVPAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What DUMP returns and RESTORE takes: a type byte, the value as in an RDB
 * file, and a footer: the version of the format (2 bytes, little-endian) and
 * CRC-64 (Jones; reflected, beginning with 0) of all before it (8 bytes,
 * little-endian). Redis, "rdb.h", "DUMP". Pure.
 */
enum { KVPAYLOAD_FOOTER = 10 };

/* kvpayload_crc64(crc, p, n): go on with ${crc} over ${n} bytes. */
uint64_t kvpayload_crc64(uint64_t crc, const void *p, size_t n);

/* is_kvpayload(p, n): it has a footer, and the checksum is right. */
bool is_kvpayload(const void *p, size_t n);

/* kvpayload_version(p, n): of the footer; -1 if it is too short. */
int kvpayload_version(const void *p, size_t n);

/* kvpayload_type(p, n): the type byte; -1 if it is empty. */
int kvpayload_type(const void *p, size_t n);

/* kvpayload_checksum(p, n): as the footer has it; 0 if it is too short. */
uint64_t kvpayload_checksum(const void *p, size_t n);

/* kvpayload_footer(p, n, version, footer): the footer that the ${n} bytes at
 * ${p}, without theirs, would have under another version. */
void kvpayload_footer(const void *p, size_t n, int version,
	unsigned char footer[KVPAYLOAD_FOOTER]);

/*
 * kvpayload_needs(type): the lowest version of the format that knows the type
 * byte; -1: not one that may be carried elsewhere under another version
 * (modules, and types that one family of servers alone knows).
 */
int kvpayload_needs(int type);

#endif
