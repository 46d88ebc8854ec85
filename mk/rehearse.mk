# A whole Heroku cutover against real local servers.

rehearse: deps
	@$(MAKE) --no-print-directory rehearse-built

rehearse-built: all
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) tests/rehearse

.PHONY: rehearse rehearse-built
