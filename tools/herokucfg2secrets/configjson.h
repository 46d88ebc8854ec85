#ifndef CONFIGJSON_H
#define CONFIGJSON_H

struct json;
struct json_val;
struct varlist;

/*
 * configjson_read(file, doc, out): the variables of one JSON object, as
 * `heroku config --json` prints it: {"NAME": "value", ...}. A number or
 * boolean is taken as it is written. 0, or -1 after a message that names
 * ${file} and the variable.
 */
int configjson_read(
	const char *file, const struct json *doc, struct varlist *out);

/*
 * configjson_value(file, doc, name, v, out): append the variable ${name} with
 * the value ${v} of ${doc} to ${out}. 0, or -1 after a message.
 */
int configjson_value(const char *file, const struct json *doc, const char *name,
	const struct json_val *v, struct varlist *out);

#endif
