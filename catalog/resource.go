package catalog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The kinds of an account's own resources: the other things that one can pass as
// modelId, and what rests on a model. They are listed only where somebody asks for
// them, and nothing of them belongs to the public catalogue.
const (
	KindApplicationProfile Kind = "application-inference-profile"
	KindThroughput         Kind = "provisioned-throughput"
	KindCustomModel        Kind = "custom-model"
	KindDeployment         Kind = "custom-model-deployment"
	KindImportedModel      Kind = "imported-model"
	KindPromptRouter       Kind = "prompt-router"
	KindEndpoint           Kind = "marketplace-endpoint"
	KindPrompt             Kind = "prompt"
	KindAgent              Kind = "agent"
	KindKnowledgeBase      Kind = "knowledge-base"
)

// AccountKinds returns every kind of an account's resources in the order in which
// they are shown.
func AccountKinds() []Kind {
	return []Kind{
		KindApplicationProfile, KindThroughput, KindCustomModel, KindDeployment, KindImportedModel,
		KindPromptRouter, KindEndpoint, KindPrompt, KindAgent, KindKnowledgeBase,
	}
}

// OfAccount reports whether items of the kind belong to an account, and not to the
// public catalogue.
func (k Kind) OfAccount() bool { return slices.Contains(AccountKinds(), k) }

// Resource is something of an account that rests on a model. Of what the service
// says about it, only what is here is kept: the rest may be instructions to an agent
// or a prompt's text. Times are in UTC.
type Resource struct {
	kind Kind
	// ID is the last part of its ARN, or the whole of it after the type; Name is what
	// the account calls it.
	ID     string `json:"id"`
	Name   string `json:"name,omitzero"`
	Status string `json:"status,omitzero"`
	// Type says more where a kind has several: how a model was customized, the
	// architecture of an imported one, whether AWS or the account made a router.
	Type string `json:"type,omitzero"`
	// Path is the ARN without partition, region and account: the service and the
	// resource, "bedrock:prompt/ABC". [Resource.ARN] puts them together.
	Path string `json:"path"`
	// Bases are what it rests on, sorted and without duplicates; nil was not sent.
	Bases []Base `json:"bases,omitzero"`
	// CommitmentEnd is when the commitment to a provisioned throughput ends; zero if
	// there is none.
	CommitmentEnd time.Time `json:"commitment_end,omitzero"`
	CreatedAt     time.Time `json:"created_at,omitzero"`
	UpdatedAt     time.Time `json:"updated_at,omitzero"`
}

// Base is what a resource rests on.
type Base struct {
	// Kind is the kind of what is named. It is "" where only an ID was given, which may
	// be that of a foundation model or of an inference profile, and [KindOther] for what
	// is not of Bedrock.
	Kind Kind `json:"kind,omitzero"`
	// Region is where it is: "" for the region of the resource, [Anywhere] where a
	// global profile picks it.
	Region string `json:"region,omitzero"`
	ID     string `json:"id"`
	As     Role   `json:"as,omitzero"`
}

const (
	// KindOther is what a resource may rest on that is not of Bedrock.
	KindOther Kind = "other"
	// Anywhere stands for any commercial region.
	Anywhere = "any"
)

// Role is what a base is to its resource; "" is what calls to it run on.
type Role string

const (
	AsFallback   Role = "fallback"   // of a prompt router
	AsDesired    Role = "desired"    // what a throughput is being moved to
	AsEmbedding  Role = "embedding"  // of a knowledge base
	AsFoundation Role = "foundation" // what the model of a throughput was made from
)

// Compare orders bases by role, kind, region, then ID.
func (b Base) Compare(c Base) int {
	return cmp.Or(cmp.Compare(b.As, c.As), cmp.Compare(b.Kind, c.Kind), cmp.Compare(b.Region, c.Region), cmp.Compare(b.ID, c.ID))
}

// Kind is one of [AccountKinds].
func (r *Resource) Kind() Kind { return r.kind }

// Key is the ID.
func (r *Resource) Key() string { return r.ID }

// Account stands for the account's ID, which is never kept, where an ARN needs it.
const Account = "$ACCOUNT"

// ARN is the resource's ARN in region, with [Account] in place of the account's ID.
func (r *Resource) ARN(region string) string {
	service, resource, _ := strings.Cut(r.Path, ":")
	return strings.Join([]string{"arn", Partition(region), service, region, Account, resource}, ":")
}

func (r *Resource) normalise() {
	slices.SortFunc(r.Bases, Base.Compare)
	r.Bases = slices.Compact(r.Bases)
}

// resource reads what every summary of a kind has: the ARN, whose resource is of one
// of types, and the fields with the name and the status.
func (o *object) resource(kind Kind, arnField, name, status string, types ...string) *Resource {
	r := &Resource{kind: kind, Name: Redact(o.text(name)), Status: o.text(status)}
	arn := o.arn(arnField)
	if arn == nil {
		o.fail(arnField, errMissing)
		return r
	}
	o.match(arnField, OfRegion, arn.region, o.region)
	if !slices.Contains(types, arn.kind()) {
		o.match(arnField, OfKind, arn.kind(), types[0])
	}
	_, r.ID, _ = strings.Cut(arn.resource, "/")
	if r.ID == "" {
		o.fail(arnField, errMissing)
	}
	r.Path = arn.service + ":" + arn.resource
	return r
}

// identified is a resource whose summary has an ID in place of an ARN.
func (o *object) identified(kind Kind, id, name, status string) *Resource {
	r := &Resource{kind: kind, ID: o.required(id), Name: Redact(o.text(name)), Status: o.text(status)}
	r.Path = "bedrock:" + string(kind) + "/" + r.ID
	return r
}

// times reads when it was made and when it last changed.
func (r *Resource) times(o *object, created, updated string) *Resource {
	r.CreatedAt, r.UpdatedAt = o.time(created), o.time(updated)
	return r
}

// rests adds what a field names, an ARN or an ID, to what the resource rests on.
func (r *Resource) rests(o *object, field string, as Role) {
	if base, named := o.base(field, as); named {
		r.Bases = append(r.Bases, base)
	}
}

// base reads a field that names what a resource rests on.
func (o *object) base(field string, as Role) (base Base, named bool) {
	text, _, _ := strings.Cut(string(o.fields[field]), ":")
	if text != `"arn` {
		id := o.name(field)
		return Base{ID: id, As: as}, id != ""
	}
	arn := o.arn(field)
	if arn == nil {
		return Base{}, false
	}
	base = Base{Kind: kindOf(arn), Region: arn.region, As: as}
	_, base.ID, _ = strings.Cut(arn.resource, "/")
	switch {
	case base.Kind == KindOther:
		base.ID = arn.service + ":" + arn.resource
	case arn.region == "":
		base.Region = Anywhere
	case arn.region == o.region:
		base.Region = ""
	}
	if base.Region != "" && base.Region != Anywhere && Partition(base.Region) != Partition(o.region) {
		o.match(field, OfPartition, Partition(base.Region), Partition(o.region))
	}
	return base, true
}

// kindOf returns the kind of what an ARN names.
func kindOf(a *arn) Kind {
	if a.service != "bedrock" {
		return KindOther
	}
	switch a.kind() {
	case resourceModel:
		return KindFoundationModel
	case resourceProfile:
		return KindInferenceProfile
	case "provisioned-model":
		return KindThroughput
	case "default-prompt-router":
		return KindPromptRouter
	case "agent-alias":
		return KindAgent
	}
	if kind := Kind(a.kind()); kind.OfAccount() {
		return kind
	}
	return KindOther
}
