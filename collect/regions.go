package collect

// parameterSources are regions of each partition that serve the public parameters,
// which not all do, on several continents.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
var parameterSources = map[string][]string{
	"aws":        {"us-east-1", "eu-central-1", "ap-southeast-1"},
	"aws-us-gov": {"us-gov-west-1"},
	"aws-eusc":   {"eusc-de-east-1"},
}

// builtIn are the regions with a Bedrock endpoint, by partition, so that a
// collection works without permission to read the public parameter. Other sources
// add what it lacks.
// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
var builtIn = map[string][]string{
	"aws": {
		"af-south-1",
		"ap-east-2",
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
		"ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
		"ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
		"ca-central-1", "ca-west-1",
		"eu-central-1", "eu-central-2",
		"eu-north-1",
		"eu-south-1", "eu-south-2",
		"eu-west-1", "eu-west-2", "eu-west-3",
		"il-central-1",
		"me-central-1", "me-south-1",
		"mx-central-1",
		"sa-east-1",
		"us-east-1", "us-east-2",
		"us-west-1", "us-west-2",
	},
	"aws-us-gov": {"us-gov-east-1", "us-gov-west-1"},
	"aws-eusc":   {"eusc-de-east-1"},
}

// enabledByDefault reports whether every account has a region: those that AWS
// opened before 2019-03-20. Accounts opt in to the others.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
func enabledByDefault(region string) bool {
	switch region {
	case "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
		"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
		"us-east-1", "us-east-2", "us-west-1", "us-west-2":
		return true
	}
	return false
}
