/* The table of contents of an archive. */
#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "t.h"
#include "toc.h"

static const char text[] =
	";\n; Archive created\n"
	"6; 2615 2200 SCHEMA - public owner\n"
	"2; 3079 16391 EXTENSION - hstore \n"
	"3478; 0 0 COMMENT - EXTENSION hstore \n"
	"216; 1259 16520 TABLE public t owner\n"
	"3479; 0 0 COMMENT public TABLE t owner\n"
	"3480; 0 0 SEQUENCE OWNED BY public t_id_seq owner\n"
	"217; 1259 16528 VIEW public v owner\n"
	"3311; 0 0 TABLE ATTACH public p1 owner\n"
	"3600; 0 16520 TABLE DATA public t owner\n"
	"3601; 0 0 SEQUENCE SET public t_id_seq owner\n"
	"3318; 2606 16547 CONSTRAINT public p p_pkey owner\n"
	"3316; 1259 16538 INDEX public m_id_idx owner\n"
	"3481; 0 0 COMMENT public INDEX t_pkey owner\n"
	"3321; 0 0 INDEX ATTACH public p1_pkey owner\n"
	"3322; 3381 16540 STATISTICS public st owner\n"
	"3465; 2618 16531 RULE public v _RETURN owner\n"
	"3466; 2606 1 CHECK CONSTRAINT public t c owner\n"
	"3467; 2606 2 FK CONSTRAINT public t f owner\n"
	"3469; 3256 16555 POLICY public t pl owner\n"
	"3470; 1259 9 MATERIALIZED VIEW public late owner\n"
	"3471; 0 0 MATERIALIZED VIEW DATA public late owner\n"
	"3472; 6100 7 SUBSCRIPTION - s owner\n"
	"3473; 3466 8 EVENT TRIGGER - e owner\n"
	"3475; 0 0 COMMENT - SUBSCRIPTION s owner\n"
	"3476; 0 0 COMMENT - EVENT TRIGGER e owner\n"
	"3477; 0 0 COMMENT public TRIGGER tr ON t owner\n"
	"3474; 2620 8 TRIGGER public t tr owner\n";

static void
count(const struct toc *t, enum toc_stage stage, int want, const char *what)
{
	struct buf b = BUF_INIT;

	T_INT(toc_put(t, stage, &b), want, "%s", what);
	buf_fini(&b);
}

int
main(void)
{
	static const char *const bad[] = {"x; 1 2 TABLE\n", "1; 2\n",
		"99999999999; 1 2 TABLE a b c\n", "1; 2 3x TABLE a b c\n",
		"1 2 3 TABLE a b c\n"};
	struct buf b = BUF_INIT;
	struct toc t;
	unsigned line;
	size_t i;

	T_BEGIN();
	T_INT(toc_parse(text, &t, &line), 0, "it is read");
	T_INT(t.n, 27, "entry by entry");
	T_INT(t.entry[3].oid, 16520, "with its OIDs");
	count(&t, TOC_SCHEMA, 1, "schemas");
	count(&t, TOC_EXTENSION, 2, "extensions and their comments");
	count(&t, TOC_BEFORE, 5, "what comes before the data");
	count(&t, TOC_DATA, 3, "data, never restored from here");
	count(&t, TOC_INDEX, 2, "indexes and their constraints");
	count(&t, TOC_ATTACH, 1, "partitions' indexes");
	count(&t, TOC_FKEY, 1, "foreign keys");
	count(&t, TOC_EARLY, 3, "rules, statistics, a postponed view");
	count(&t, TOC_LATE, 5,
		"comments on indexes, checks, policies, triggers");
	count(&t, TOC_SUBSCRIPTION, 2, "subscriptions, with their comments");
	count(&t, TOC_EVENT, 2, "event triggers, with their comments");
	(void)toc_put(&t, TOC_FKEY, &b);
	T_STR(buf_str(&b), "3467; 2606 2 FK CONSTRAINT public t f owner\n",
		"a line is given as it was");
	buf_fini(&b);
	toc_fini(&t);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		T_OK(toc_parse(bad[i], &t, &line) == -1 && line == 1,
			"refused: %.20s", bad[i]);
	T_ALLOC_LOOP(20, {
		if (toc_parse(text, &t, &line) == 0)
			toc_fini(&t);
	});
	return T_END();
}
