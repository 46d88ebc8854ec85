# A whole cutover against real local servers: SOURCE=heroku|render|railway,
# SCALE=1, ROLLBACK=0 without the way back, KEEP=1 to look around.

rehearse: deps
	@$(MAKE) --no-print-directory rehearse-built

rehearse-built: all
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) tests/rehearse

.PHONY: rehearse rehearse-built
