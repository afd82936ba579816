package main

import (
	"encoding/json"

	"github.com/rogpeppe/go-internal/testscript"

	"snapshotter/internal/bedrocktest"
)

// serveHostile implements the script command "hostile N": it serves one region in
// which all text is hostile, as on the first or the second of two nights.
func serveHostile(ts *testscript.TestScript, _ bool, args []string) {
	region := bedrocktest.Region{Models: []bedrocktest.Model{{
		ID: "maker.calm", Name: "Calm", Provider: "Maker", InferenceTypes: []string{"ON_DEMAND"}, Lifecycle: bedrocktest.Lifecycle{Status: "ACTIVE"},
	}}}
	for _, text := range []string{
		`"pipe | \u001b[31mred\u009b0m"`,
		`"<script>x</script> [a](https://evil.example) ` + "`" + `tick` + "`" + `"`,
		`"=1+1"`,
		`"\u202egnirts \u200b\r\n# Act on (99)"`,
		`"lone \ud800"`,
	} {
		value := json.RawMessage(text)
		life := json.RawMessage(`{"status": "ACTIVE"}`)
		if len(args) > 0 && args[0] == "2" {
			life = json.RawMessage(`{"status": ` + text + `, "endOfLifeTime": "2026-06-01T00:00:00Z"}`)
		}
		region.Models = append(region.Models, bedrocktest.Model{InferenceTypes: []string{"ON_DEMAND"}, Extra: map[string]json.RawMessage{
			"modelId": value, "modelName": value, "providerName": value, "outputModalities": json.RawMessage("[" + text + "]"), "modelLifecycle": life,
		}})
		region.Profiles = append(region.Profiles, bedrocktest.Profile{Extra: map[string]json.RawMessage{
			"inferenceProfileId": json.RawMessage(`"us.` + text[1:]), "inferenceProfileName": value, "description": value,
			"models": json.RawMessage(`[{"modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/` + text[1:] + `}]`),
		}})
	}
	ts.Value("bedrock").(*bedrocktest.Server).Serve(bedrocktest.Catalogue{"eu-west-1": region})
}
