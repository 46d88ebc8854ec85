/* Reading the file: syntax, types, keys. */
#include "ruletable.h"

const struct rule rules_load[] = {
	{"toml-syntax", "error", NULL, "the file is no TOML",
		"Nothing can be read from it. The place is where the reader "
		"stopped; the mistake is there or just before."},
	{"json-syntax", "error", NULL, "the file is no JSON",
		"Nothing can be read from it. Comments, trailing commas and "
		"doubled keys are not JSON."},
	{"value-type", "error", "--fix writes the value as the type wanted",
		"a value has another type than flyctl takes",
		"flyctl turns the file into JSON and reads that into typed "
		"fields: \"8080\" is no number and 8080 no string, except in "
		"a few places that it converts ([[services]] ports, [[vm]] "
		"memory, [[mounts]] initial_size, [env])."},
	{"value-range", "error", NULL, "a number is out of range",
		"The field holds 32 bits without a sign."},
	{"value-ignored", "warning", NULL, "a value counts as none",
		"flyctl accepts it and then goes on as if it were not there."},
	{"section-form", "error", "--fix doubles the brackets",
		"a section must be an array of tables",
		"[restart], [files], [statics] and machine_checks exist as "
		"[[restart]] and so on only; with single brackets the file "
		"does not load."},
	{"duration", "error", "--fix adds the unit to kill_timeout",
		"a text is no duration",
		"Durations are written with units: \"10s\", \"1m30s\", "
		"\"250ms\". There is no \"10\" and no \"1d\"."},
	{"duration-nanoseconds", "warning",
		"--fix writes milliseconds in http_service.checks",
		"a bare number means nanoseconds here",
		"A number is seconds for kill_timeout, milliseconds in "
		"[[services]] checks and [checks], and nanoseconds anywhere "
		"else. Write the unit."},
	{"autostop-value", "error", "--fix writes true as stop, false as off",
		"auto_stop_machines is off, stop or suspend",
		"true and false are taken too, without quotes; any other value "
		"makes the file fail to load."},
	{"unknown-key", "warning", "--fix renames a key that is nearly right",
		"flyctl does not know the key and ignores it",
		"Without --strict flyctl says nothing, and even with it never "
		"looks into services, mounts, vm and metrics. A misspelled key "
		"is a setting that silently does not hold."},
	{"key-case", "warning", "--fix writes the key in small letters",
		"a key has capitals",
		"flyctl matches it all the same, but does not convert its "
		"value, and --strict refuses it. [VM], [Mounts] and [Metrics] "
		"are lost."},
	{"legacy-form", "note", "--fix renames keys",
		"an old way to write a section",
		"It is still read. The form in the message is the one that the "
		"documentation has."},
	{"env-not-string", "warning", "--fix quotes the value as it stands",
		"a variable in [env] is no string",
		"flyctl makes a string of it the way Go prints it: 3.10 "
		"becomes "
		"3.1, 1000000.0 becomes 1e+06, a list becomes [a b]."},
	{"unknown-rule", "warning", NULL, "a flylint comment names no rule",
		"The names are those that flylint --explain lists."},
	{NULL, NULL, NULL, NULL, NULL},
};
