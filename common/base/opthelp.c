#include <stdio.h>
#include <string.h>

#include "opt.h"
#include "opthelp.h"

enum { WIDTH = 78 };

/* Prints ${text} from column ${at} on, wrapped, continued at ${indent}. */
static void
wrap(const char *text, size_t at, size_t indent)
{
	if (indent && at + 1 > indent) {
		putchar('\n');
		at = 0;
	}
	for (; at < indent; at++)
		putchar(' ');
	while (*text) {
		size_t n = strcspn(text, " ");

		if (at > indent && at + n > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		}
		printf("%.*s", (int)n, text);
		at += n;
		text += n;
		if (*text == ' ') {
			text++;
			if (at + 1 + strcspn(text, " ") <= WIDTH) {
				putchar(' ');
				at++;
			} else {
				printf("\n%*s", (int)indent, "");
				at = indent;
			}
		}
	}
	putchar('\n');
}

static void
print_table(const struct opt *o)
{
	for (; o && o->name; o++) {
		size_t at;

		if (o->letter)
			printf("  -%c, ", o->letter);
		else
			printf("      ");
		at = 6 + (size_t)printf("--%s", o->name);
		if (o->kind == OPT_CHOICE)
			at += (size_t)printf(" %s", o->choices);
		else if (o->arg)
			at += (size_t)printf(" %s", o->arg);
		wrap(o->help, at, 28);
	}
}

static void
print_builtin(void)
{
	wrap("show this and exit", (size_t)printf("  -h, --help"), 28);
	wrap("show the version and exit", (size_t)printf("      --version"),
		28);
}

static void
print_verb(const struct opt_program *prog, const struct opt_verb *v)
{
	printf("Usage: %s%s%s [options]%s%s\n\n", prog->name,
		*v->name ? " " : "", v->name, v->operands ? " " : "",
		v->operands ? v->operands : "");
	wrap(*v->name && v->help ? v->help : prog->summary, 0, 0);
	printf("\nOptions:\n");
	print_table(v->opts);
	print_table(prog->common);
	print_builtin();
}

void
opthelp_print(const struct opt_program *prog, const struct opt_verb *verb)
{
	const struct opt_verb *v;

	if (!verb && !*prog->verbs->name)
		verb = prog->verbs;
	if (verb) {
		print_verb(prog, verb);
		return;
	}
	printf("Usage: %s VERB [options] [operands]\n\n", prog->name);
	wrap(prog->summary, 0, 0);
	printf("\nVerbs:\n");
	for (v = prog->verbs; v->name; v++)
		if (v->help)
			wrap(v->help, (size_t)printf("  %s", v->name), 14);
	printf("\nOptions of every verb:\n");
	print_table(prog->common);
	print_builtin();
	printf("\n%s VERB --help lists a verb's own options; see %s(1).\n",
		prog->name, prog->name);
}
