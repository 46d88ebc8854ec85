# Installation. PREFIX is where things live, DESTDIR where they are staged.

INSTALL ?= install
BINDIR = $(DESTDIR)$(PREFIX)/bin
DATADIR = $(DESTDIR)$(PREFIX)/share/airlift
MANDIR = $(DESTDIR)$(PREFIX)/share/man
BASHCOMPDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR = $(DESTDIR)$(PREFIX)/share/zsh/site-functions

RUNBOOKS := $(filter-out %.sh %.md,$(wildcard runbooks/*))
RUNBOOK_DATA := $(wildcard runbooks/*.sh runbooks/*.md)
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
	for r in $(notdir $(filter-out %/lib.sh,$(RUNBOOKS))); do \
		ln -sf ../share/airlift/runbooks/$$r $(BINDIR)/$$r; done
	$(INSTALL) -m 644 $(MAN1) $(MANDIR)/man1
	$(INSTALL) -m 644 $(MAN7) $(MANDIR)/man7
	$(INSTALL) -m 644 contrib/completions/airlift.bash $(BASHCOMPDIR)/airlift
	for t in $(TOOLS) $(notdir $(RUNBOOKS)); do ln -sf airlift $(BASHCOMPDIR)/$$t; done
	$(INSTALL) -m 644 contrib/completions/_airlift $(ZSHCOMPDIR)/_airlift

uninstall:
	rm -f $(addprefix $(BINDIR)/,$(TOOLS) $(notdir $(RUNBOOKS)))
	rm -f $(addprefix $(MANDIR)/man1/,$(notdir $(MAN1)))
	rm -f $(addprefix $(MANDIR)/man7/,$(notdir $(MAN7)))
	rm -f $(addprefix $(BASHCOMPDIR)/,airlift $(TOOLS) $(notdir $(RUNBOOKS))) $(ZSHCOMPDIR)/_airlift
	rm -rf $(DATADIR)

.PHONY: install uninstall
