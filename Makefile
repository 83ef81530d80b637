# Everything goes through the launcher: it brings the right Node and the packages of package-lock.json.
run = ./repo-runner
entry = REPO_RUNNER_ENTRY=$(1) ./repo-runner

.PHONY: help up down status test test-all bench sanity
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

up: ## a cluster with Repo Runner in it and a sample's link, from nothing; CONTEXT=my-cluster IMAGE=registry/repo-runner:tag for one of yours
	@CONTEXT="$(CONTEXT)" IMAGE="$(IMAGE)" $(run) up

down: ## stops what up started and keeps everything; PURGE=1 forgets the data
	@PURGE="$(PURGE)" $(run) down

status: ## what runs, and where its logs are
	@$(run) up --status

sanity: ## types, lint, format, unit tests: under a minute, no cluster
	@$(call entry,test/run.ts) --sanity

test: ## all of sanity, a real API server, and about eight end-to-end runs
	@CONTEXT="$(CONTEXT)" $(call entry,test/run.ts)

test-all: ## every end-to-end run
	@CONTEXT="$(CONTEXT)" $(call entry,test/run.ts) --all

bench: ## what measures speed; nothing there passes or fails
	@$(call entry,bench/run.ts)
