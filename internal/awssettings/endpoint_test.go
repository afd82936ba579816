package awssettings

import (
	"maps"
	"testing"
)

// The endpoints are those of the AWS CLI. What is set for a service comes before what
// is set for all, and the environment before the configuration file.
func TestEndpoint(t *testing.T) {
	fips, dual := map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}
	both := maps.Clone(fips)
	maps.Copy(both, dual)
	configured := file(t, "[default]\nservices = own\nendpoint_url = https://all.file.example\nuse_fips_endpoint = true\n[services own]\nssm =\n  endpoint_url = https://ssm.file.example/path\n")
	with := func(more map[string]string) map[string]string {
		more["AWS_CONFIG_FILE"] = configured
		return more
	}
	ssm, ec2 := Service{"SSM", "ssm"}, Service{"EC2", "ec2"}
	for _, test := range []struct {
		service   Service
		region    string
		variables map[string]string
		want      string // "" is an error
	}{
		{ssm, "eu-west-1", nil, "https://ssm.eu-west-1.amazonaws.com"},
		{ssm, "eu-west-1", fips, "https://ssm-fips.eu-west-1.amazonaws.com"},
		{ssm, "eu-west-1", dual, "https://ssm.eu-west-1.api.aws"},
		{ec2, "eu-west-1", both, "https://ec2-fips.eu-west-1.api.aws"},
		{ec2, "us-gov-west-1", nil, "https://ec2.us-gov-west-1.amazonaws.com"},
		{ec2, "us-gov-west-1", fips, "https://ec2.us-gov-west-1.amazonaws.com"},
		{ssm, "us-gov-east-1", both, "https://ssm-fips.us-gov-east-1.api.aws"},
		{ssm, "eusc-de-east-1", nil, "https://ssm.eusc-de-east-1.amazonaws.eu"},
		{ssm, "eusc-de-east-1", dual, "https://ssm.eusc-de-east-1.api.amazonwebservices.eu"},
		{ec2, "cn-north-1", nil, "https://ec2.cn-north-1.amazonaws.com.cn"},
		{ec2, "us-iso-east-1", nil, ""},
		{ec2, "evil.example/", nil, ""},

		{ssm, "eu-west-1", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "http://127.0.0.1:4566"},
		{ssm, "eu-west-1", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1"}, "http://127.0.0.1:1"},
		{ec2, "eu-west-1", map[string]string{"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1"}, "https://ec2.eu-west-1.amazonaws.com"},
		{ssm, "eu-west-1", with(map[string]string{}), "https://ssm.file.example/path"},
		{ec2, "eu-west-1", with(map[string]string{}), "https://all.file.example"},
		{ssm, "eu-west-1", with(map[string]string{"AWS_ENDPOINT_URL": "https://all.env.example"}), "https://all.env.example"},
		{ssm, "eu-west-1", with(map[string]string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}), "https://ssm-fips.eu-west-1.amazonaws.com"},
	} {
		for _, name := range []string{"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"} {
			t.Setenv(name, "")
		}
		config, err := load(t, test.variables)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if endpoint, err := Endpoint(t.Context(), config, test.service, test.region); err == nil {
			got = endpoint.String()
		}
		if got != test.want {
			t.Errorf("%s in %s with %v: got %q, want %q", test.service.ID, test.region, test.variables, got, test.want)
		}
	}
}
