// prom-rules runs unit tests of alerting rules with Prometheus's own rule engine: `promtool test rules`, without what else promtool does,
// whose SDKs of clouds and Kubernetes are most of what there is to compile. build.sh lays promtool's unittest.go beside this file.
package main

import (
	"os"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

const (
	successExitCode = 0
	failureExitCode = 1
)

// parseTime is promtool's own, for the start_timestamp of a test; ours begin at 0.
func parseTime(text string) (time.Time, error) {
	return time.Parse(time.RFC3339Nano, text)
}

func main() {
	os.Exit(RulesUnitTest(promqltest.LazyLoaderOpts{}, parser.NewParser(parser.Options{}), nil, true, false, false, os.Args[1:]...))
}
