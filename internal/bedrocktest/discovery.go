package bedrocktest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"snapshotter/catalog"
)

// regionItems makes an item of each region in the partition of at, in order.
func regionItems(offers map[string]*offer, at string, encode func(region string, o *offer) []byte) []*item {
	var items []*item
	for _, region := range slices.Sorted(maps.Keys(offers)) {
		if catalog.Partition(region) == catalog.Partition(at) {
			items = append(items, &item{id: region, raw: encode(region, offers[region])})
		}
	}
	return items
}

// regionsPath is the public parameter under which the regions with Bedrock
// stand, whether or not the account has enabled them.
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
					return regionItems(offers, at, func(region string, _ *offer) []byte {
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
		Path       string
		MaxResults *int
		NextToken  string
	}
	if r := x.unmarshal(&input); r != nil {
		return query{refusal: r}
	}
	here := strings.TrimSuffix(input.Path, "/") == regionsPath
	q := query{token: input.NextToken, keep: func(*item) bool { return here }}
	if input.Path == "" {
		q.refusal = constraint("", "path", "have length greater than or equal to 1")
	}
	if input.MaxResults != nil {
		q.maxResults, q.refusal = bounded(strconv.Itoa(*input.MaxResults), "maxResults", 10)
	}
	return q
}

// unmarshal reads a JSON body; an empty one asks for nothing in particular.
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
					return regionItems(offers, at, func(region string, o *offer) []byte {
						return mustMarshal(map[string]string{"RegionName": region, "RegionOptStatus": o.optIn})
					})
				},
				write: writeJSON("Regions", "NextToken"),
			},
		},
	}
}

// readOptInQuery reads that of account:ListRegions.
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
		var region struct{ RegionOptStatus string }
		json.Unmarshal(i.raw, &region) // we wrote it
		return len(statuses) == 0 || slices.Contains(statuses, region.RegionOptStatus)
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

// ec2Region is a region in the words of EC2.
type ec2Region struct {
	XMLName  xml.Name `xml:"item"`
	Name     string   `xml:"regionName"`
	Endpoint string   `xml:"regionEndpoint"`
	OptIn    string   `xml:"optInStatus"`
}

const notOptedIn = "not-opted-in"

func ec2Service() *service {
	return &service{
		protocol: ec2Query,
		wording:  ec2Wording,
		operations: map[string]*operation{
			DescribeRegions: {
				name: DescribeRegions,
				read: readRegionQuery,
				list: func(offers map[string]*offer, at string) []*item {
					return regionItems(offers, at, func(region string, o *offer) []byte {
						return mustMarshalXML(ec2Region{Name: region, Endpoint: "ec2." + region + ".amazonaws.com", OptIn: ec2OptIn(o.optIn)})
					})
				},
				write: func(x *exchange, items []*item, _ string) []byte {
					return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>%s</requestId>
    <regionInfo>%s</regionInfo>
</DescribeRegionsResponse>`, x.requestID, joined(items))
				},
			},
		},
	}
}

func ec2OptIn(status string) string {
	switch status {
	case enabledByDefault:
		return "opt-in-not-required"
	case "ENABLED":
		return "opted-in"
	}
	return notOptedIn
}

// readRegionQuery reads that of DescribeRegions, which leaves out the regions
// that are not enabled unless it is asked for all. Its filters are refused, not
// ignored.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
func readRegionQuery(x *exchange) query {
	form := parameters(x.form)
	var names []string
	for i := 1; form[fmt.Sprintf("RegionName.%d", i)] != ""; i++ {
		names = append(names, form[fmt.Sprintf("RegionName.%d", i)])
	}
	q := query{keep: func(i *item) bool {
		var region ec2Region
		xml.Unmarshal(i.raw, &region) // we wrote it
		if names != nil {
			return slices.Contains(names, region.Name)
		}
		return form["AllRegions"] == "true" || region.OptIn != notOptedIn
	}}
	if filter, set := form["Filter.1.Name"]; set {
		q.refusal = &refusal{400, "InvalidParameterValue", fmt.Sprintf("The filter '%s' is invalid", filter)}
	}
	return q
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
`, joined(items), x.requestID)
				},
			},
		},
	}
}

// principal is who the credentials belong to.
func principal(at string) string {
	return arn(at, sts, "", Account, "assumed-role/snapshotter/nightly")
}

func joined(items []*item) []byte {
	var raw [][]byte
	for _, i := range items {
		raw = append(raw, i.raw)
	}
	return bytes.Join(raw, nil)
}

func mustMarshalXML(value any) []byte {
	raw, err := xml.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("bedrocktest: encode an answer: %v", err))
	}
	return raw
}
