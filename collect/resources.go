package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/smithy-go"

	"snapshotter/catalog"
	"snapshotter/internal/awssettings"
)

// Two services hold an account's resources. Both are signed as bedrock.
// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
var (
	bedrockService = awssettings.Service{ID: "Bedrock", Host: "bedrock"}
	agentService   = awssettings.Service{ID: "Bedrock Agent", Host: "bedrock-agent"}
)

// operation lists the resources of a kind.
type operation struct {
	service awssettings.Service
	method  string // "" is GET; a POST has its parameters in the body
	path    string
	query   string // that is always sent
	// description is the path that describes one, with %s for its ID, "" if the list
	// says all.
	description string
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations.html
var operations = map[catalog.Kind]operation{
	catalog.KindApplicationProfile: {service: bedrockService, path: "/inference-profiles", query: "type=APPLICATION"},
	catalog.KindThroughput:         {service: bedrockService, path: "/provisioned-model-throughputs"},
	catalog.KindCustomModel:        {service: bedrockService, path: "/custom-models"},
	catalog.KindDeployment:         {service: bedrockService, path: "/model-customization/custom-model-deployments"},
	catalog.KindImportedModel:      {service: bedrockService, path: "/imported-models"},
	catalog.KindPromptRouter:       {service: bedrockService, path: "/prompt-routers"},
	catalog.KindEndpoint:           {service: bedrockService, path: "/marketplace-model/endpoints"},
	catalog.KindPrompt:             {service: agentService, path: "/prompts/", description: "/prompts/%s/"},
	catalog.KindAgent:              {service: agentService, method: http.MethodPost, path: "/agents/", description: "/agents/%s/"},
	catalog.KindKnowledgeBase:      {service: agentService, method: http.MethodPost, path: "/knowledgebases/", description: "/knowledgebases/%s"},
}

// call returns the call that reads a page.
func (o operation) call(token string) (carried, error) {
	c := carried{service: o.service, signing: bedrockService.Host, method: cmp.Or(o.method, http.MethodGet), path: o.path, refusal: jsonRefusal}
	if o.method == http.MethodPost {
		body, err := json.Marshal(struct {
			MaxResults int    `json:"maxResults"`
			NextToken  string `json:"nextToken,omitempty"`
		}{pageSize, token})
		c.header, c.body = map[string]string{"Content-Type": "application/json"}, body
		return c, err
	}
	query, err := url.ParseQuery(o.query)
	if err != nil {
		return c, err
	}
	query.Set("maxResults", strconv.Itoa(pageSize))
	if token != "" {
		query.Set("nextToken", token)
	}
	c.query = query
	return c, nil
}

// resources requests a page of the account's resources.
func (l lister) resources(ctx context.Context, token string) (page catalog.Page, err error) {
	call, err := operations[l.scope.Kind].call(token)
	if err != nil {
		return page, err
	}
	answer, err := l.session.carry(ctx, l.scope.Region, call)
	if err != nil {
		return page, err
	}
	if page, err = catalog.ParsePage(l.scope, answer); err != nil {
		return page, &unreadableError{err}
	}
	return page, nil
}

// describers is how many resources of a scope are described at once.
const describers = 4

// describe fills in what each resource rests on. A list counts only whole, so one
// that cannot be described fails it. One that is not found stays as it was known: only a
// list says what is there.
func (l lister) describe(ctx context.Context, items []catalog.Item) ([]catalog.Item, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(items))
	free := make(chan struct{}, describers)
	var working sync.WaitGroup
	var crashed atomic.Pointer[string]
	for i, item := range items {
		r := item.(*catalog.Resource) // of such a kind all are
		was, _ := catalog.Find(l.described, r.ID).(*catalog.Resource)
		if unchanged(was, r) {
			r.Bases = was.Bases
			continue
		}
		free <- struct{}{}
		working.Go(func() {
			defer func() {
				if crash := recover(); crash != nil {
					crashed.Store(new(fmt.Sprintf("%v\n%s", crash, debug.Stack())))
				}
				<-free
			}()
			if errs[i] = l.describeOne(ctx, r, was); errs[i] != nil {
				cancel()
			}
		})
	}
	working.Wait()
	if crash := crashed.Load(); crash != nil {
		panic(*crash) // where a collection passes it on
	}
	for i, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, fmt.Errorf("describe %s %d of %d: %w", l.scope.Kind.Words(), i+1, len(items), err)
		}
	}
	return items, context.Cause(ctx)
}

// unchanged reports whether an earlier run described the same version of a resource.
func unchanged(was, now *catalog.Resource) bool {
	return was != nil && was.Bases != nil && !now.UpdatedAt.IsZero() && was.UpdatedAt.Equal(now.UpdatedAt)
}

// describeOne fills in what a resource rests on. If nothing describes it, it stays the
// version that it was, so that the next run asks again.
func (l lister) describeOne(ctx context.Context, r, was *catalog.Resource) error {
	if !plainID(r.ID) {
		return &unreadableError{errors.New("its ID is not one that can be asked about")}
	}
	operation := operations[l.scope.Kind]
	answer, err := l.session.carry(ctx, l.scope.Region, carried{
		service: operation.service, signing: bedrockService.Host, method: http.MethodGet,
		path: fmt.Sprintf(operation.description, r.ID), refusal: jsonRefusal,
	})
	if isGone(err) {
		if was != nil {
			r.Bases, r.UpdatedAt = was.Bases, was.UpdatedAt
		}
		return nil
	}
	if err != nil {
		return err
	}
	if r.Bases, err = catalog.ParseDescription(l.scope, answer); err != nil {
		return &unreadableError{err}
	}
	return nil
}

// plainID reports whether an ID holds only what needs no escape in a path.
func plainID(id string) bool {
	return id != "" && strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func isGone(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() == "ResourceNotFoundException"
}
