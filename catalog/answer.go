package catalog

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// FormatPage writes the items that a region lists of one kind as the AWS CLI
// prints the answer of the kind's list operation: the same fields in the same
// order, four spaces of indent, everything that is unknown to this version
// where it was found. [ParsePage] reads the same items back.
//
// An item holds no account id, so a profile's ARN is written without one
// (arn:aws:bedrock:eu-west-1::inference-profile/ID). Items stand in the order
// given, and the lists of an item in the order of [Encode], not in the order in
// which the service sent them.
func FormatPage(kind Kind, region string, items []Item) []byte {
	list := make([]json.RawMessage, 0, len(items))
	for _, item := range items {
		switch item := item.(type) {
		case *FoundationModel:
			list = append(list, formatModel(region, item).json())
		case *InferenceProfile:
			list = append(list, formatProfile(region, item).json())
		}
	}
	var answer members
	answer.add(answersOf[kind].list, list)
	var out bytes.Buffer
	if err := json.Indent(&out, answer.json(), "", "    "); err != nil {
		panic("catalog: " + err.Error()) // not reached: members are JSON
	}
	out.WriteByte('\n')
	return out.Bytes()
}

func formatModel(region string, m *FoundationModel) *members {
	unknown := unknownOf(m.Unknown)
	life := &members{}
	life.text("status", m.Lifecycle.Status)
	life.time("startOfLifeTime", m.Lifecycle.StartOfLife)
	life.time("legacyTime", m.Lifecycle.Legacy)
	life.time("publicExtendedAccessTime", m.Lifecycle.ExtendedAccess)
	life.time("endOfLifeTime", m.Lifecycle.EndOfLife)
	unknown.moveTo(life, "modelLifecycle.", "status", "startOfLifeTime", "legacyTime", "publicExtendedAccessTime", "endOfLifeTime")

	o := &members{}
	o.text("modelArn", m.ARN(region))
	o.text("modelId", m.ID)
	o.text("modelName", m.Name)
	o.text("providerName", m.Provider)
	o.list("inputModalities", m.InputModalities)
	o.list("outputModalities", m.OutputModalities)
	if m.Streaming != nil {
		o.add("responseStreamingSupported", *m.Streaming)
	}
	o.list("customizationsSupported", m.Customizations)
	o.list("inferenceTypesSupported", m.InferenceTypes)
	if len(*life) > 0 {
		o.add("modelLifecycle", life.json())
	}
	unknown.moveTo(o, "")
	return o
}

func formatProfile(region string, p *InferenceProfile) *members {
	unknown := unknownOf(p.Unknown)
	o := &members{}
	o.text("inferenceProfileName", p.Name)
	o.text("description", p.Description)
	o.time("createdAt", p.CreatedAt)
	o.time("updatedAt", p.UpdatedAt)
	o.text("inferenceProfileArn", "arn:"+Partition(region)+":bedrock:"+region+"::inference-profile/"+p.ID)
	if p.Destinations != nil {
		models := make([]json.RawMessage, 0, len(p.Destinations))
		for _, d := range p.Destinations {
			model := &members{}
			model.text("modelArn", d.arn(Partition(region)))
			unknown.moveTo(model, "models."+d.Region+"/"+d.Model+".", "modelArn")
			models = append(models, model.json())
		}
		o.add("models", models)
	}
	o.text("inferenceProfileId", p.ID)
	o.text("status", p.Status)
	o.text("type", p.Type)
	unknown.moveTo(o, "")
	return o
}

// arn is the destination as parseDestination reads it. What is not a foundation
// model has a resource type, and so a slash, in its name.
func (d Destination) arn(partition string) string {
	const resource = "foundation-model/"
	name := d.Model
	if !strings.Contains(name, "/") || strings.HasPrefix(name, resource) {
		name = resource + name
	}
	return "arn:" + partition + ":bedrock:" + d.Region + "::" + name
}

// members are the members of a JSON object, in order.
type members []member

type member struct {
	name  string
	value json.RawMessage
}

func (m *members) add(name string, value any) { *m = append(*m, member{name, marshal(value)}) }

func (m *members) text(name, value string) {
	if value != "" {
		m.add(name, value)
	}
}

func (m *members) list(name string, value []string) {
	if value != nil {
		m.add(name, value)
	}
}

// time writes the form of Python's isoformat, which the AWS CLI writes.
func (m *members) time(name string, value time.Time) {
	if !value.IsZero() {
		m.add(name, value.UTC().Format("2006-01-02T15:04:05.999999999-07:00"))
	}
}

func (m *members) json() json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, member := range *m {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(marshal(member.name))
		out.WriteByte(':')
		out.Write(member.value)
	}
	out.WriteByte('}')
	return out.Bytes()
}

// unknown are unknown fields that are not written yet, by their dotted path.
type unknown map[string]json.RawMessage

func unknownOf(fields map[string]json.RawMessage) unknown {
	rest := unknown{}
	for name, value := range fields {
		rest[name] = value
	}
	return rest
}

// moveTo adds the fields under prefix to object, sorted. One that would be
// taken there for a field that is known stays: it was not found there.
func (u unknown) moveTo(object *members, prefix string, known ...string) {
	var names []string
	for path := range u {
		name, under := strings.CutPrefix(path, prefix)
		if under && !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		object.add(name, u[prefix+name])
		delete(u, prefix+name)
	}
}
