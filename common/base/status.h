#ifndef STATUS_H
#define STATUS_H

/* Exit statuses, an interface: airlift(7). Nothing else is ever returned. */
enum {
	STATUS_OK = 0,         /* done, or the answer is yes */
	STATUS_NO = 1,         /* the answer is no; each reason has a record */
	STATUS_MISUSE = 100,   /* bad usage or input: never retry as is */
	STATUS_TEMPORARY = 111 /* temporary or remote failure: retry is safe */
};

#endif
