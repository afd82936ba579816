package catalog_test

import (
	"bytes"
	"strings"
	"testing"

	"snapshotter/catalog"
)

// As the AWS CLI prints it, but for the account that is not kept.
const cliModels = `{
    "modelSummaries": [
        {
            "modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/maker.one",
            "modelId": "maker.one",
            "modelName": "One <1>",
            "providerName": "Maker",
            "inputModalities": [
                "IMAGE",
                "TEXT"
            ],
            "outputModalities": [
                "TEXT"
            ],
            "responseStreamingSupported": false,
            "customizationsSupported": [],
            "inferenceTypesSupported": [
                "ON_DEMAND"
            ],
            "modelLifecycle": {
                "status": "LEGACY",
                "startOfLifeTime": "2025-12-02T00:00:00+00:00",
                "endOfLifeTime": "2026-12-02T00:00:00.123456+00:00",
                "grace": 7
            },
            "brandNew": {
                "a": [
                    1,
                    2
                ]
            }
        },
        {
            "modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/maker.two",
            "modelId": "maker.two",
            "modelLifecycle.status": "not nested"
        }
    ]
}
`

const cliProfiles = `{
    "inferenceProfileSummaries": [
        {
            "inferenceProfileName": "Global One",
            "createdAt": "2024-08-26T00:00:00+00:00",
            "inferenceProfileArn": "arn:aws-us-gov:bedrock:us-gov-west-1::inference-profile/global.maker.one",
            "models": [
                {
                    "modelArn": "arn:aws-us-gov:bedrock:::foundation-model/maker.one",
                    "weight": 3
                },
                {
                    "modelArn": "arn:aws-us-gov:bedrock:us-gov-east-1::custom-model/maker.one"
                }
            ],
            "inferenceProfileId": "global.maker.one",
            "status": "ACTIVE",
            "type": "SYSTEM_DEFINED"
        }
    ]
}
`

func TestFormatPageIsWhatTheCLIPrints(t *testing.T) {
	for _, test := range []struct {
		kind   catalog.Kind
		region string
		want   string
	}{
		{catalog.KindFoundationModel, "eu-west-1", cliModels},
		{catalog.KindInferenceProfile, "us-gov-west-1", cliProfiles},
		{catalog.KindFoundationModel, "eu-west-1", "{\n    \"modelSummaries\": []\n}\n"},
		{catalog.KindInferenceProfile, "eu-west-1", "{\n    \"inferenceProfileSummaries\": []\n}\n"},
	} {
		page, err := catalog.ParsePage(catalog.Scope{Region: test.region, Kind: test.kind}, []byte(test.want))
		if err != nil {
			t.Fatal(err)
		}
		got := string(catalog.FormatPage(test.kind, test.region, collected(t, page)))
		if got != test.want {
			t.Errorf("%s:\n%s\nwant:\n%s", test.kind, got, test.want)
		}
	}
}

func TestFormatPageHoldsNoAccount(t *testing.T) {
	const account = "111122223333"
	page, err := catalog.ParsePage(catalog.Scope{Region: "us-gov-west-1", Kind: catalog.KindInferenceProfile}, []byte(strings.Replace(cliProfiles, "us-gov-west-1::inference", "us-gov-west-1:"+account+":inference", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := catalog.FormatPage(catalog.KindInferenceProfile, "us-gov-west-1", page.Items); bytes.Contains(got, []byte(account)) {
		t.Errorf("holds the account id:\n%s", got)
	}
}

// sameItems checks that what FormatPage writes is read back as the same items,
// and written again as the same bytes.
func sameItems(t *testing.T, kind catalog.Kind, region string, items []catalog.Item) {
	t.Helper()
	written := catalog.FormatPage(kind, region, items)
	page, err := catalog.ParsePage(catalog.Scope{Region: region, Kind: kind}, written)
	if err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	read := collected(t, page)
	if len(read) != len(items) {
		t.Fatalf("%d items, want %d", len(read), len(items))
	}
	for i := range items {
		if got, want := catalog.Encode(read[i]), catalog.Encode(items[i]); !bytes.Equal(got, want) {
			t.Fatalf("read back\n%s\nwant\n%s", got, want)
		}
	}
	if again := catalog.FormatPage(kind, region, read); !bytes.Equal(again, written) {
		t.Fatalf("written again\n%s\nwant\n%s", again, written)
	}
}
