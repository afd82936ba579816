package sample

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"testing"
	"time"

	"snapshotter/catalog"
	"snapshotter/internal/bedrocktest"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// TestServedMomentsParse serves every moment and reads it back, page by page,
// as a collection does.
func TestServedMomentsParse(t *testing.T) {
	server, err := bedrocktest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := server.Config().HTTPClient
	for i, m := range Moments() {
		server.Serve(m.Catalogue)
		for code, region := range m.Catalogue {
			if region.OptIn == optedOut {
				if status, _ := get(t, client, server.URL()+"/foundation-models", code, m.At); status != http.StatusForbidden {
					t.Errorf("moment %d: %s answers %d, want a refusal", i+1, code, status)
				}
				continue
			}
			got := catalog.NewRegion(
				served(t, client, server.URL(), catalog.KindFoundationModel, code, m.At),
				served(t, client, server.URL(), catalog.KindInferenceProfile, code, m.At),
			)
			if want, got := outline(region), outlineOf(got); !reflect.DeepEqual(want, got) {
				t.Errorf("moment %d: %s lists\n%v\nand served\n%v", i+1, code, want, got)
			}
		}
	}
}

// outline is what a region lists, by id: a model's ways to be called and end of
// life, a profile's destinations.
func outline(region bedrocktest.Region) map[string][]string {
	lines := map[string][]string{}
	for _, m := range region.Models {
		lines[m.ID] = append(sortedCopy(m.InferenceTypes), m.Lifecycle.EndOfLife)
	}
	for _, p := range region.Profiles {
		lines[p.ID] = sortedCopy(p.Regions)
	}
	return lines
}

func outlineOf(region *catalog.Region) map[string][]string {
	lines := map[string][]string{}
	for id, m := range region.Models {
		end := ""
		if !m.Lifecycle.EndOfLife.IsZero() {
			end = m.Lifecycle.EndOfLife.Format(time.RFC3339)
		}
		lines[id] = append(sortedCopy(m.InferenceTypes), end)
	}
	for id, p := range region.Profiles {
		lines[id] = p.Regions(p.Models()[0])
	}
	return lines
}

func sortedCopy(values []string) []string { return slices.Sorted(slices.Values(values)) }

// served is a whole listing.
func served(t *testing.T, client aws.HTTPClient, endpoint string, kind catalog.Kind, region string, at time.Time) []catalog.Item {
	t.Helper()
	path, query := "/foundation-models", url.Values{}
	if kind == catalog.KindInferenceProfile {
		path, query = "/inference-profiles", url.Values{"type": {catalog.TypeSystemDefined}, "maxResults": {"100"}}
	}
	var pages []catalog.Page
	for {
		status, body := get(t, client, endpoint+path+"?"+query.Encode(), region, at)
		page, err := catalog.ParsePage(catalog.Scope{Region: region, Kind: kind}, body)
		if status != http.StatusOK || err != nil {
			t.Fatalf("list %s in %s: status %d, %v", kind, region, status, err)
		}
		pages = append(pages, page)
		if page.NextToken == "" {
			items, err := catalog.Collect(pages...)
			if err != nil {
				t.Fatal(err)
			}
			return items
		}
		query.Set("nextToken", page.NextToken)
	}
}

// get makes one signed call.
func get(t *testing.T, client aws.HTTPClient, address, region string, at time.Time) (status int, body []byte) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	nothing := sha256.Sum256(nil)
	err = v4.NewSigner().SignHTTP(context.Background(), bedrocktest.Credentials(), request, hex.EncodeToString(nothing[:]), "bedrock", region, at)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}
