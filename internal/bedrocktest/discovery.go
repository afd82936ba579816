package bedrocktest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// regionItems returns an item for each region in the partition of at, in order.
// Optin spells a region's opt-in status, and encode sends it.
func regionItems(offers map[string]*offer, at string, optIn func(string) string, encode func(region, optIn string) []byte) []*item {
	var items []*item
	for _, region := range slices.Sorted(maps.Keys(offers)) {
		if partition(region) == partition(at) {
			status := optIn(offers[region].optIn)
			items = append(items, &item{id: region, raw: encode(region, status), optIn: status})
		}
	}
	return items
}

// asIs is how Bedrock's fixtures and account:ListRegions spell a status.
func asIs(status string) string { return status }

// regionsPath is the public parameter that names the regions with Bedrock,
// whether or not the account has enabled them.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
const regionsPath = "/aws/service/global-infrastructure/services/bedrock/regions"

func ssmService() *service {
	return &service{
		protocol: json11,
		wording:  ssmWording,
		operations: map[string]*operation{
			"AmazonSSM.GetParametersByPath": {
				name:     GetParametersByPath,
				pageSize: 10, // also the most that can be asked for
				read:     readParameterQuery,
				list: func(offers map[string]*offer, at string) []*item {
					return regionItems(offers, at, asIs, func(region, _ string) []byte {
						name := regionsPath + "/" + region
						return mustMarshal(map[string]any{
							"Name": name, "Value": region, "Type": "String", "DataType": "text", "Version": 1,
							"LastModifiedDate": json.Number("1.695859200E9"),
							"ARN":              arn(at, ssm, at, "", "parameter"+name),
						})
					})
				},
				write: writeJSON("Parameters", "NextToken"),
			},
		},
	}
}

func readParameterQuery(x *exchange) query {
	var input struct {
		Path             string
		MaxResults       *int
		NextToken        string
		ParameterFilters []struct{ Key string }
	}
	if r := x.unmarshal(&input); r != nil {
		return query{refusal: r}
	}
	here := strings.TrimSuffix(input.Path, "/") == regionsPath
	q := query{token: input.NextToken, keep: func(*item) bool { return here }}
	switch {
	case input.Path == "":
		q.refusal = constraint("", "path", "have length greater than or equal to 1")
	case len(input.ParameterFilters) > 0:
		q.refusal = &refusal{400, "InvalidFilterKey", "The filter key is not valid for public parameters: " + input.ParameterFilters[0].Key}
	}
	if input.MaxResults != nil {
		q.maxResults, q.refusal = bounded(strconv.Itoa(*input.MaxResults), "maxResults", 10)
	}
	return q
}

// unmarshal reads a JSON body; an empty one has no parameters.
func (x *exchange) unmarshal(input any) *refusal {
	if len(x.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(x.body, input); err != nil {
		return &refusal{400, "SerializationException", "Start of structure or map found where not expected."}
	}
	return nil
}

func accountService() *service {
	return &service{
		protocol: restJSON,
		wording:  accountWording,
		operations: map[string]*operation{
			"POST /listRegions": {
				name:     ListRegions,
				pageSize: 20,
				read:     readOptInQuery,
				list: func(offers map[string]*offer, at string) []*item {
					return regionItems(offers, at, asIs, func(region, optIn string) []byte {
						return mustMarshal(map[string]string{"RegionName": region, "RegionOptStatus": optIn})
					})
				},
				write: writeJSON("Regions", "NextToken"),
			},
		},
	}
}

// readOptInQuery reads the filter of account:ListRegions.
// https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
func readOptInQuery(x *exchange) query {
	var input struct {
		MaxResults              *int
		NextToken               string
		RegionOptStatusContains []string
	}
	if r := x.unmarshal(&input); r != nil {
		return query{refusal: r}
	}
	statuses := input.RegionOptStatusContains
	q := query{token: input.NextToken, keep: func(i *item) bool {
		return len(statuses) == 0 || slices.Contains(statuses, i.optIn)
	}}
	for _, status := range statuses {
		if !slices.Contains(optStatuses, status) {
			q.refusal = constraint(status, "regionOptStatusContains", "satisfy enum value set: ["+strings.Join(optStatuses, ", ")+"]")
		}
	}
	if input.MaxResults != nil {
		q.maxResults, q.refusal = bounded(strconv.Itoa(*input.MaxResults), "maxResults", 50)
	}
	return q
}

var optStatuses = []string{"ENABLED", "ENABLING", "DISABLING", disabled, enabledByDefault}

func ec2Service() *service {
	return &service{
		protocol: ec2Query,
		wording:  ec2Wording,
		operations: map[string]*operation{
			DescribeRegions: {
				name: DescribeRegions,
				read: readRegionQuery,
				list: func(offers map[string]*offer, at string) []*item {
					return regionItems(offers, at, ec2OptIn, func(region, optIn string) []byte {
						return mustMarshalXML(struct {
							XMLName  xml.Name `xml:"item"`
							Name     string   `xml:"regionName"`
							Endpoint string   `xml:"regionEndpoint"`
							OptIn    string   `xml:"optInStatus"`
						}{Name: region, Endpoint: ec2Endpoint(region), OptIn: optIn})
					})
				},
				write: func(x *exchange, items []*item, _ string) []byte {
					return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>%s</requestId>
    <regionInfo>%s</regionInfo>
</DescribeRegionsResponse>`, x.requestID, join(items, ""))
				},
			},
		},
	}
}

func ec2Endpoint(region string) string { return "ec2." + region + ".amazonaws.com" }

const notOptedIn = "not-opted-in"

func ec2OptIn(status string) string {
	switch status {
	case enabledByDefault:
		return "opt-in-not-required"
	case "ENABLED":
		return "opted-in"
	}
	return notOptedIn
}

// readRegionQuery reads the filter of DescribeRegions, which leaves out the
// regions that are not enabled unless all are requested.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
func readRegionQuery(x *exchange) query {
	names := members(x.form, "RegionName")
	filters, refusal := readFilters(x.form)
	return query{refusal: refusal, keep: func(i *item) bool {
		for attribute, values := range filters {
			if !slices.Contains(values, ec2Filters[attribute](i)) {
				return false
			}
		}
		if names != nil {
			return slices.Contains(names, i.id)
		}
		return x.form.Get("AllRegions") == "true" || i.optIn != notOptedIn
	}}
}

// ec2Filters are the filters of DescribeRegions, with what they match.
var ec2Filters = map[string]func(*item) string{
	"region-name":   func(i *item) string { return i.id },
	"endpoint":      func(i *item) string { return ec2Endpoint(i.id) },
	"opt-in-status": func(i *item) string { return i.optIn },
}

func readFilters(form url.Values) (map[string][]string, *refusal) {
	filters := map[string][]string{}
	for n := 1; ; n++ {
		prefix := fmt.Sprintf("Filter.%d", n)
		name := form.Get(prefix + ".Name")
		switch {
		case name == "":
			return filters, nil
		case ec2Filters[name] == nil:
			return nil, &refusal{400, "InvalidParameterValue", fmt.Sprintf("The filter '%s' is invalid", name)}
		}
		filters[name] = append(filters[name], members(form, prefix+".Value")...)
	}
}

// members reads a list of the query protocol: NAME.1, NAME.2 and so on.
func members(form url.Values, name string) []string {
	var list []string
	for n := 1; ; n++ {
		value := form.Get(fmt.Sprintf("%s.%d", name, n))
		if value == "" {
			return list
		}
		list = append(list, value)
	}
}

func stsService() *service {
	return &service{
		protocol: stsQuery,
		wording:  stsWording,
		operations: map[string]*operation{
			GetCallerIdentity: {
				name: GetCallerIdentity,
				read: func(*exchange) query { return query{} },
				list: func(_ map[string]*offer, at string) []*item {
					return []*item{{id: Account, raw: mustMarshalXML(struct {
						XMLName xml.Name `xml:"GetCallerIdentityResult"`
						ARN     string   `xml:"Arn"`
						UserID  string   `xml:"UserId"`
						Account string
					}{ARN: principal(at), UserID: "AROAIOSFODNN7EXAMPLE:nightly", Account: Account})}}
				},
				write: func(x *exchange, items []*item, _ string) []byte {
					return fmt.Appendf(nil, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  %s
  <ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
`, bytes.ReplaceAll(join(items, ""), []byte(Account), []byte(x.account)), x.requestID)
				},
			},
		},
	}
}

// principal is the identity behind the credentials.
func principal(at string) string {
	return arn(at, sts, "", Account, "assumed-role/snapshotter/nightly")
}

func mustMarshalXML(value any) []byte {
	raw, err := xml.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("bedrocktest: encode an answer: %v", err))
	}
	return raw
}
