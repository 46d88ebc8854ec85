# What is handed on: a tarball of the sources, and a Debian package.

dist:
	@sh mk/dist.sh $(VERSION) build

deb: dist
	@sh mk/deps.sh deb
	@sh mk/deb.sh $(VERSION) build

# Installs it in a system of its own, made by debootstrap; wants root.
deb-check: deb
	@tests/run -j 1 -t 1800 tests/pack/deb.t

.PHONY: dist deb deb-check
