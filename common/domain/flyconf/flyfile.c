#include "flyfile.h"

#include "buf.h"
#include "fd.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "jsonw.h"
#include "msg.h"
#include "tmpfile.h"

int
flyfile_write(
	const struct flyfile *to, const char *stem, const struct fly_config *c)
{
	struct buf toml = BUF_INIT, path = BUF_INIT;
	const char *file = to->output;
	int rc = -1;

	if (flytoml_put(&toml, c) == -1 ||
		(to->folder != NULL && buf_printf(&path, "%s/%s.toml",
					       to->folder, stem) == -1)) {
		msg_error("out of memory");
		goto out;
	}
	if (to->folder != NULL)
		file = buf_str(&path);
	if (file != NULL)
		rc = tmpfile_write(file, 0644, toml.data, toml.len);
	else if (to->out == -1)
		rc = 0;
	else if ((rc = fd_write_all(to->out, toml.data, toml.len)) == -1)
		msg_errno("standard output");

out:
	buf_fini(&toml);
	buf_fini(&path);
	return rc;
}

int
flyfile_put_record(const struct fly_config *c, struct buf *out)
{
	struct jsonw w;

	jsonw_record(&w, out, "fly.config");
	if (c->app != NULL)
		jsonw_str(&w, "app", c->app);
	flyjson_put(&w, "config", c);
	return jsonw_end_record(&w);
}
