# Installation. PREFIX is where things live, DESTDIR where they are staged.

INSTALL ?= install
BINDIR = $(DESTDIR)$(PREFIX)/bin
DATADIR = $(DESTDIR)$(PREFIX)/share/airlift
MANDIR = $(DESTDIR)$(PREFIX)/share/man
BASHCOMPDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR = $(DESTDIR)$(PREFIX)/share/zsh/site-functions

RUNBOOKS := $(filter-out %.sh %.md,$(wildcard runbooks/*))
RUNBOOK_DATA := $(wildcard runbooks/*.sh runbooks/*.md)
# On PATH a runbook that is named after a platform keeps its name; the others
# ("rollback") have words for names that somebody else may want too.
onpath = $(if $(filter %-cutover,$(1)),$(1),airlift-$(1))
ONPATH := $(foreach r,$(notdir $(RUNBOOKS)),$(call onpath,$(r)))
MAN1 := $(wildcard tools/*/*.1)
MAN7 := $(wildcard share/man/*.7)

install: all
	$(INSTALL) -d $(BINDIR) $(DATADIR)/schema $(DATADIR)/map \
		$(DATADIR)/runbooks $(MANDIR)/man1 $(MANDIR)/man7 \
		$(BASHCOMPDIR) $(ZSHCOMPDIR)
	$(INSTALL) -m 755 $(addprefix $(BIN)/,$(TOOLS)) $(BINDIR)
	$(INSTALL) -m 644 $(wildcard share/schema/*.json) $(DATADIR)/schema
	$(INSTALL) -m 644 $(SHAREDATA) $(DATADIR)/map
	$(INSTALL) -m 755 $(RUNBOOKS) $(DATADIR)/runbooks
	$(INSTALL) -m 644 $(RUNBOOK_DATA) $(DATADIR)/runbooks
	$(foreach r,$(notdir $(RUNBOOKS)),ln -sf ../share/airlift/runbooks/$(r) \
		$(BINDIR)/$(call onpath,$(r)) &&) :
	$(INSTALL) -m 644 $(MAN1) $(MANDIR)/man1
	$(INSTALL) -m 644 $(MAN7) $(MANDIR)/man7
	for r in $(ONPATH); do \
		ln -sf ../man7/airlift-runbook.7 $(MANDIR)/man1/$$r.1; done
	$(INSTALL) -m 644 contrib/completions/airlift.bash $(BASHCOMPDIR)/airlift
	for t in $(TOOLS) $(ONPATH); do ln -sf airlift $(BASHCOMPDIR)/$$t; done
	$(INSTALL) -m 644 contrib/completions/_airlift $(ZSHCOMPDIR)/_airlift

uninstall:
	rm -f $(addprefix $(BINDIR)/,$(TOOLS) $(ONPATH))
	rm -f $(addprefix $(MANDIR)/man1/,$(notdir $(MAN1)) $(addsuffix .1,$(ONPATH)))
	rm -f $(addprefix $(MANDIR)/man7/,$(notdir $(MAN7)))
	rm -f $(addprefix $(BASHCOMPDIR)/,airlift $(TOOLS) $(ONPATH)) $(ZSHCOMPDIR)/_airlift
	rm -rf $(DATADIR)

.PHONY: install uninstall
