# Everything here is measuring; building and testing are go build and go test.

BENCH   ?= .
COUNT   ?= 5
PACKAGES = ./store ./desk ./reply ./mailin/... ./mailout ./test/bench
TOOLS    = $(or $(TMPDIR),/tmp)/aside-tools
RESULTS  = $(or $(TMPDIR),/tmp)/aside-bench

.PHONY: help bench bench-peers load

help:
	@echo 'make bench        the go benchmarks, by benchstat; against the run before where there is one'
	@echo '                  BENCH=Receive COUNT=5 choose; BASE=FILE compares with another run'
	@echo 'make bench-peers  aside beside Postfix in one run, as ratios (root; apt-get install --no-install-recommends postfix)'
	@echo 'make load         a realistic day against the daemon, with a report; go run ./test/load -h says more'

$(TOOLS)/benchstat:
	GOBIN=$(TOOLS) go install golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# Each run is kept; the newest is compared with the one before.
bench: $(TOOLS)/benchstat
	@mkdir -p $(RESULTS)
	@if [ -f $(RESULTS)/new.txt ]; then mv $(RESULTS)/new.txt $(RESULTS)/old.txt; fi
	go test -run '^$$' -bench '$(BENCH)' -count $(COUNT) -benchmem -timeout 2h $(PACKAGES) | tee $(RESULTS)/new.txt
	$(TOOLS)/benchstat $(or $(BASE),$(wildcard $(RESULTS)/old.txt)) $(RESULTS)/new.txt

bench-peers:
	go run ./test/load peers

load:
	go run ./test/load day
