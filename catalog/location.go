package catalog

import (
	"slices"
	"strings"
)

// Location is where a region's data centres are.
type Location struct {
	Region  string
	City    string // or the area that AWS names the region after
	Country string // ISO 3166-1 alpha-2
}

// locations are the regions by code, with the places that AWS names them after.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
// https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/whatis.html
// https://docs.aws.eu/esc/latest/userguide/regions.html
var locations = []Location{
	{"af-south-1", "Cape Town", "ZA"},
	{"ap-east-1", "Hong Kong", "HK"},
	{"ap-east-2", "Taipei", "TW"},
	{"ap-northeast-1", "Tokyo", "JP"},
	{"ap-northeast-2", "Seoul", "KR"},
	{"ap-northeast-3", "Osaka", "JP"},
	{"ap-south-1", "Mumbai", "IN"},
	{"ap-south-2", "Hyderabad", "IN"},
	{"ap-southeast-1", "Singapore", "SG"},
	{"ap-southeast-2", "Sydney", "AU"},
	{"ap-southeast-3", "Jakarta", "ID"},
	{"ap-southeast-4", "Melbourne", "AU"},
	{"ap-southeast-5", "Malaysia", "MY"},
	{"ap-southeast-6", "New Zealand", "NZ"},
	{"ap-southeast-7", "Thailand", "TH"},
	{"ca-central-1", "Montreal", "CA"},
	{"ca-west-1", "Calgary", "CA"},
	{"cn-north-1", "Beijing", "CN"},
	{"cn-northwest-1", "Ningxia", "CN"},
	{"eu-central-1", "Frankfurt", "DE"},
	{"eu-central-2", "Zurich", "CH"},
	{"eu-north-1", "Stockholm", "SE"},
	{"eu-south-1", "Milan", "IT"},
	{"eu-south-2", "Spain", "ES"},
	{"eu-west-1", "Ireland", "IE"},
	{"eu-west-2", "London", "GB"},
	{"eu-west-3", "Paris", "FR"},
	{"eusc-de-east-1", "Brandenburg", "DE"},
	{"il-central-1", "Tel Aviv", "IL"},
	{"me-central-1", "UAE", "AE"},
	{"me-south-1", "Bahrain", "BH"},
	{"mx-central-1", "Mexico", "MX"},
	{"sa-east-1", "São Paulo", "BR"},
	{"us-east-1", "N. Virginia", "US"},
	{"us-east-2", "Ohio", "US"},
	{"us-gov-east-1", "US-East", "US"},
	{"us-gov-west-1", "US-West", "US"},
	{"us-west-1", "N. California", "US"},
	{"us-west-2", "Oregon", "US"},
}

// LocationOf is where a region is; the zero Location if this version does not
// know it.
func LocationOf(region string) Location {
	for _, l := range locations {
		if l.Region == region {
			return l
		}
	}
	return Location{}
}

// RegionsIn are the regions of a city or area, by its whole name or a word of
// it, whatever the case ("tokyo", "virginia"); sorted, nil if there are none.
func RegionsIn(city string) []string {
	var regions []string
	city = unaccented.Replace(strings.ToLower(city))
	for _, l := range locations {
		name := unaccented.Replace(strings.ToLower(l.City))
		if city == name || slices.Contains(strings.Fields(name), city) {
			regions = append(regions, l.Region)
		}
	}
	return regions
}

var unaccented = strings.NewReplacer("ã", "a")

// Boundary is a place with a legal meaning, which region codes do not have:
// "eu-" regions are in Europe, and London and Zurich are not in the EU.
type Boundary struct {
	Name    string // as in commands and rules, in capitals: "EU"
	Title   string
	Source  string   // what says which countries belong to it
	Regions []string // sorted
}

// euCountries are the member states that have a region.
// https://european-union.europa.eu/principles-countries-history/eu-countries_en
var euCountries = []string{"DE", "ES", "FR", "IE", "IT", "SE"}

const (
	euSource  = "https://european-union.europa.eu/principles-countries-history/eu-countries_en"
	eeaSource = "https://www.efta.int/eea/eea-agreement"
	isoSource = "https://www.iso.org/iso-3166-country-codes.html"
)

// Boundaries are those that this version knows, sorted by name: EU, EEA, and
// every country that has a region, by its ISO code, the United Kingdom also as
// UK.
func Boundaries() []Boundary {
	boundaries := []Boundary{
		{"EEA", "European Economic Area", eeaSource, regionsOf("EEA")},
		{"EU", "European Union", euSource, regionsOf("EU")},
		{"UK", "United Kingdom", isoSource, regionsOf("UK")},
	}
	var seen []string
	for _, l := range locations {
		if !slices.Contains(seen, l.Country) {
			seen = append(seen, l.Country)
			boundaries = append(boundaries, Boundary{l.Country, "country " + l.Country, isoSource, regionsOf(l.Country)})
		}
	}
	slices.SortFunc(boundaries, func(a, b Boundary) int { return strings.Compare(a.Name, b.Name) })
	return boundaries
}

// BoundaryNamed returns the boundary of a name. Case counts: "eu" is the prefix
// of region codes.
func BoundaryNamed(name string) (Boundary, bool) {
	for _, b := range Boundaries() {
		if b.Name == name {
			return b, true
		}
	}
	return Boundary{}, false
}

func regionsOf(boundary string) []string {
	var regions []string
	for _, l := range locations {
		if inBoundary(l.Region, boundary) {
			regions = append(regions, l.Region)
		}
	}
	return regions
}

// inBoundary reports whether a region is in the boundary of a name.
func inBoundary(region, name string) bool {
	switch country := LocationOf(region).Country; name {
	case "EU", "EEA": // Iceland, Liechtenstein and Norway have no region
		return slices.Contains(euCountries, country)
	case "UK":
		return country == "GB"
	default:
		return country != "" && country == name
	}
}
