// CoreDNS with the few plugins that the node's Corefile names; all of them together take longer to build than the rest of the node.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() {
	// The order in which a question goes through them.
	dnsserver.Directives = []string{"bind", "health", "errors", "cache", "kubernetes", "forward"}
	coremain.Run()
}
