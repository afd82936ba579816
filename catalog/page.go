package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Page is one answer of a list operation.
type Page struct {
	Items     []Item // as sent, minus what the kind leaves out; not yet sorted
	LeftOut   int    // application profiles
	NextToken string // "" on the last page
}

// ParsePage reads one answer of a kind's list operation in a region, as the
// service sends it and as the AWS CLI and boto3 write it. It keeps fields that it
// does not know. An answer without the list, or with an item that it cannot read,
// is an error that says where: never an empty or a shorter page. An answer whose
// ARNs name another region, partition or kind is a [*MismatchError].
//
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
func ParsePage(scope Scope, data []byte) (Page, error) {
	answers, known := answersFor(scope.Kind)
	if !known {
		return Page{}, fmt.Errorf("read a page of unknown kind %q", scope.Kind)
	}
	answer, err := parseAnswer(scope.Region, data)
	if err != nil {
		return Page{}, err
	}
	return answers.page(answer)
}

// ParseList reads the list of such an answer alone, as the AWS CLI prints it with
// --query modelSummaries.
func ParseList(scope Scope, data []byte) (Page, error) {
	answers, known := answersFor(scope.Kind)
	if !known {
		return Page{}, fmt.Errorf("read a list of unknown kind %q", scope.Kind)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return Page{}, at(data, err)
	}
	return answers.page(&object{
		region: scope.Region, first: new(error),
		fields: map[string]json.RawMessage{answers.list: data},
	})
}

// page reads the list of an answer.
func (answers answers) page(answer *object) (Page, error) {
	page := Page{NextToken: cmp.Or(answer.text("nextToken"), answer.text(cliNextToken))}
	items, sent := answer.objects(answers.list)
	if !sent && answer.err() == nil {
		return Page{}, fmt.Errorf("has no %q list", answers.list)
	}
	for _, fields := range items {
		if item := answers.parse(fields); item != nil {
			page.Items = append(page.Items, item)
		} else {
			page.LeftOut++
		}
	}
	if err := answer.err(); err != nil {
		return Page{}, err
	}
	return page, nil
}

// answers are the name of the list in a kind's answers, and how to read an element;
// a nil item is left out.
type answers struct {
	list  string
	parse func(*object) Item
}

var answersOf = map[Kind]answers{
	KindFoundationModel:  {"modelSummaries", parseModel},
	KindInferenceProfile: {"inferenceProfileSummaries", parseProfile},
}

func answersFor(kind Kind) (answers, bool) {
	if answers, known := answersOf[kind]; known {
		return answers, true
	}
	answers, known := accountAnswers[kind]
	return answers, known
}

// cliNextToken is how the AWS CLI says that it stopped at --max-items. Ignoring
// it would take part of the list for the whole list.
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html
const cliNextToken = "NextToken"

// Collect joins the pages of one listing into its items: sorted by key, without
// duplicates. A list that shifts while it is paged may send an item twice; the
// later one counts. A listing of nothing but what the kind leaves out is a
// [*MismatchError]: it is of another type than was asked, and not an empty list.
func Collect(pages ...Page) ([]Item, error) {
	byKey, leftOut := map[string]Item{}, 0
	for _, page := range pages {
		leftOut += page.LeftOut
		for _, item := range page.Items {
			byKey[item.Key()] = item
		}
	}
	if leftOut > 0 && len(byKey) == 0 {
		return nil, &MismatchError{Field: "every inference profile", What: OfType, Got: typeApplication, Want: TypeSystemDefined}
	}
	items := make([]Item, 0, len(byKey))
	for _, item := range byKey {
		items = append(items, item)
	}
	slices.SortFunc(items, CompareItems)
	return items, nil
}

func parseModel(o *object) Item {
	o.listed("modelArn", resourceModel)
	m := &FoundationModel{
		ID:               o.required("modelId"),
		Name:             o.text("modelName"),
		Provider:         o.text("providerName"),
		InputModalities:  o.list("inputModalities"),
		OutputModalities: o.list("outputModalities"),
		InferenceTypes:   o.list("inferenceTypesSupported"),
		Customizations:   o.list("customizationsSupported"),
		Streaming:        o.boolean("responseStreamingSupported"),
	}
	if life := o.object("modelLifecycle"); life != nil {
		m.Lifecycle = Lifecycle{
			Status:         life.text("status"),
			StartOfLife:    life.time("startOfLifeTime"),
			Legacy:         life.time("legacyTime"),
			ExtendedAccess: life.time("publicExtendedAccessTime"),
			EndOfLife:      life.time("endOfLifeTime"),
		}
		o.keep("modelLifecycle", life.rest())
	}
	m.Unknown = o.rest()
	m.normalise()
	return m
}

// typeApplication marks the profiles that an account created. They are another
// kind; a recording without the filter has both.
const typeApplication = "APPLICATION"

// Types of resources, as ARNs name them.
const (
	resourceModel       = "foundation-model"
	resourceProfile     = "inference-profile"
	resourceApplication = "application-inference-profile"
)

func parseProfile(o *object) Item {
	resource := o.listed("inferenceProfileArn", resourceProfile, resourceApplication)
	kind := o.text("type")
	if kind == typeApplication || kind == "" && resource == resourceApplication {
		return nil
	}
	if resource == resourceApplication {
		o.match("inferenceProfileArn", OfKind, resource, resourceProfile)
	}
	p := &InferenceProfile{
		ID:          o.required("inferenceProfileId"),
		Name:        o.text("inferenceProfileName"),
		Description: o.text("description"),
		Status:      o.text("status"),
		Type:        kind,
		CreatedAt:   o.time("createdAt"),
		UpdatedAt:   o.time("updatedAt"),
	}
	models, sent := o.objects("models")
	if sent {
		p.Destinations = []Destination{}
	}
	for _, model := range models {
		d := parseDestination(model)
		p.Destinations = append(p.Destinations, d)
		o.keep("models."+d.Region+"/"+d.Model, model.rest())
	}
	p.Unknown = o.rest()
	p.normalise()
	return p
}

// parseDestination reads "arn:aws:bedrock:us-east-1::foundation-model/ID", which
// may be in any region of the partition. What is not a foundation model keeps its
// complete resource as its name.
func parseDestination(o *object) Destination {
	arn := o.arn("modelArn")
	if arn == nil {
		o.fail("modelArn", errMissing)
		return Destination{}
	}
	if arn.region != "" {
		o.match("modelArn", OfPartition, Partition(arn.region), Partition(o.region))
	}
	return Destination{Region: arn.region, Model: strings.TrimPrefix(arn.resource, resourceModel+"/")}
}
