#include "shlex.h"

#include "buf.h"
#include "mem.h"

enum state { START, WORD, ESCAPE, DQUOTE, DQUOTE_ESCAPE, SQUOTE, COMMENT };

struct splitter {
	char **words;
	size_t n, cap;
	struct buf word;
	enum state state;
};

static int
end_word(struct splitter *s)
{
	if (s->n + 2 > s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 8;
		char **w = mem_resize(s->words, cap, sizeof(*w));
		if (w == NULL)
			return -1;
		s->words = w;
		s->cap = cap;
	}
	char *text = mem_dup(buf_str(&s->word), s->word.len);
	if (text == NULL)
		return -1;
	buf_clear(&s->word);
	s->words[s->n++] = text;
	s->words[s->n] = NULL;
	s->state = START;
	return 0;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A character outside quotes. */
static int
take_plain(struct splitter *s, char c)
{
	if (is_blank(c))
		return s->state == WORD ? end_word(s) : 0;
	if (c == '#' && s->state == START) {
		s->state = COMMENT;
		return 0;
	}
	if (c == '"')
		s->state = DQUOTE;
	else if (c == '\'')
		s->state = SQUOTE;
	else if (c == '\\')
		s->state = ESCAPE;
	else {
		s->state = WORD;
		return buf_putc(&s->word, c);
	}
	return 0;
}

static int
take(struct splitter *s, char c)
{
	switch (s->state) {
	case START:
	case WORD:
		return take_plain(s, c);
	case ESCAPE:
		s->state = WORD;
		return buf_putc(&s->word, c);
	case DQUOTE_ESCAPE:
		s->state = DQUOTE;
		return buf_putc(&s->word, c);
	case DQUOTE:
		if (c == '"' || c == '\\') {
			s->state = c == '"' ? WORD : DQUOTE_ESCAPE;
			return 0;
		}
		return buf_putc(&s->word, c);
	case SQUOTE:
		if (c == '\'') {
			s->state = WORD;
			return 0;
		}
		return buf_putc(&s->word, c);
	case COMMENT:
		if (c == '\n')
			s->state = START;
		return 0;
	}
	return 0;
}

enum shlex_error
shlex_split(const char *text, char ***words, size_t *n)
{
	struct splitter s = {NULL, 0, 0, BUF_INIT, START};
	enum shlex_error error = SHLEX_NO_MEMORY;

	*words = NULL;
	*n = 0;
	if ((s.words = mem_zalloc(2, sizeof(*s.words))) == NULL)
		goto err;
	s.cap = 2;
	for (; *text != '\0'; text++)
		if (take(&s, *text) == -1)
			goto err;
	if (s.state == ESCAPE || s.state == DQUOTE_ESCAPE) {
		error = SHLEX_OPEN_ESCAPE;
		goto err;
	}
	if (s.state == DQUOTE || s.state == SQUOTE) {
		error = SHLEX_OPEN_QUOTE;
		goto err;
	}
	if (s.state == WORD && end_word(&s) == -1)
		goto err;
	buf_fini(&s.word);
	*words = s.words;
	*n = s.n;
	return SHLEX_OK;

err:
	buf_fini(&s.word);
	shlex_free(s.words);
	return error;
}

void
shlex_free(char **words)
{
	if (words == NULL)
		return;
	for (size_t i = 0; words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

int
shlex_quote(struct buf *b, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-./:=@%+,";

	if (*word != '\0' && word[strspn(word, plain)] == '\0')
		return buf_puts(b, word);
	/* double quotes read better where nothing in them is special */
	if (strchr(word, '\'') != NULL && strpbrk(word, "\"\\$`") == NULL) {
		if (buf_putc(b, '"') == -1 || buf_puts(b, word) == -1)
			return -1;
		return buf_putc(b, '"');
	}
	if (buf_putc(b, '\'') == -1)
		return -1;
	for (; *word != '\0'; word++)
		if (*word == '\'' ? buf_puts(b, "'\\''") == -1
				  : buf_putc(b, *word) == -1)
			return -1;
	return buf_putc(b, '\'');
}

const char *
shlex_strerror(enum shlex_error e)
{
	switch (e) {
	case SHLEX_OPEN_QUOTE:
		return "a quote is not closed";
	case SHLEX_OPEN_ESCAPE:
		return "it ends in a backslash";
	case SHLEX_NO_MEMORY:
		return "out of memory";
	case SHLEX_OK:
		break;
	}
	return "no error";
}
