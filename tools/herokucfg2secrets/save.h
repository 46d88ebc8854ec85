#ifndef SAVE_H
#define SAVE_H

struct buf;
struct env;

/*
 * save_may(env, output): whether secrets may go to ${output} or, with NULL,
 * to standard output: not to a terminal. 0, or -1 after a message.
 */
int save_may(const struct env *env, const char *output);

/*
 * save_all(env, output, text, env_toml, table): write ${text} to the file
 * ${output} or, with NULL, to standard output; and ${table} to the file
 * ${env_toml} unless that is NULL. Files are 0600 and appear whole, after
 * everything else was written. 0, or -1 after a message.
 */
int save_all(const struct env *env, const char *output, const struct buf *text,
	const char *env_toml, const struct buf *table);

/* save_sandbox(output, env_toml): no files from now on but beside these. */
void save_sandbox(const char *output, const char *env_toml);

#endif
