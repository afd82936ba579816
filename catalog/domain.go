package catalog

import (
	"regexp"
	"strings"
)

// domains are where the endpoints of partitions are.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
var domains = []struct{ partition, plain, dualStack string }{
	{"aws", "amazonaws.com", "api.aws"},
	{"aws-us-gov", "amazonaws.com", "api.aws"},
	{"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
}

// Domains returns the domain of a partition's endpoints, and that of those for IPv6
// as well; both are "" for a partition that is not known.
func Domains(partition string) (plain, dualStack string) {
	for _, d := range domains {
		if d.partition == partition {
			return d.plain, d.dualStack
		}
	}
	return "", ""
}

// IsEndpoint reports whether a host is in one of [Domains].
func IsEndpoint(host string) bool {
	for _, d := range domains {
		if strings.HasSuffix(host, "."+d.plain) || strings.HasSuffix(host, "."+d.dualStack) {
			return true
		}
	}
	return false
}

// anyDomain is a pattern that matches each of [Domains].
func anyDomain() string {
	var all []string
	for _, d := range domains {
		all = append(all, regexp.QuoteMeta(d.plain), regexp.QuoteMeta(d.dualStack))
	}
	return "(?:" + strings.Join(set(all), "|") + ")"
}
