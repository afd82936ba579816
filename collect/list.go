package collect

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	"github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/smithy-go"

	"snapshotter/catalog"
)

// finding is the result of listing one scope, before all regions are considered
// together.
type finding struct {
	catalog.Listing
	cause cause
	err   error
}

// lister lists one scope.
type lister struct {
	session *session
	client  *bedrock.Client
	scope   catalog.Scope
	known   catalog.Known
	pause   time.Duration
	// described are the scope's resources that an earlier run described, sorted by key.
	described []catalog.Item
}

// list makes a listing and, if it lacks known items, another one after a pause:
// only what both lack is gone. An empty first listing confirms nothing, so a
// second one with items stands as if it were the first.
func (l lister) list(ctx context.Context) finding {
	first := l.once(ctx)
	if len(l.known.Missing(first.Listing)) == 0 {
		return first
	}
	second := l.again(ctx)
	if len(first.Items) == 0 && len(second.Items) > 0 && len(l.known.Missing(second.Listing)) > 0 {
		first, second = second, l.again(ctx)
	}
	return finding{Listing: l.known.Confirm(first.Listing, second.Listing), err: second.err}
}

// again repeats the listing after the pause.
func (l lister) again(ctx context.Context) finding {
	timer := time.NewTimer(l.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return l.once(ctx)
}

// restarts is how often a listing is started again when the service refuses its
// page token.
const restarts = 3

// once reads all pages of the scope, or fails.
func (l lister) once(ctx context.Context) finding {
	for try := 1; ; try++ {
		items, err := l.items(ctx)
		switch {
		case err == nil:
			return finding{Listing: catalog.Listing{Scope: l.scope, Outcome: catalog.Complete, Items: items}}
		case !errors.As(err, new(*tokenError)):
			return l.failed(classify(err))
		case try == restarts:
			f := classify(err)
			f.outcome, f.message = catalog.Invalid, fmt.Sprintf("its page token was refused %d times: %s", restarts, f.message)
			return l.failed(f)
		}
	}
}

func (l lister) failed(f failure) finding {
	return finding{
		Listing: catalog.Listing{Scope: l.scope, Outcome: f.outcome, ErrorCode: f.code, Message: f.message},
		cause:   f.cause,
		err:     f.err,
	}
}

// items reads every page of one listing and joins them.
func (l lister) items(ctx context.Context) ([]catalog.Item, error) {
	pages, err := l.pages(ctx)
	if err != nil {
		return nil, err
	}
	items, err := catalog.Collect(pages...)
	if err != nil {
		return nil, &unreadableError{err}
	}
	if l.scope.Kind.Described() {
		return l.describe(ctx, items)
	}
	return items, nil
}

// barren is how many consecutive pages without a new item end a listing,
// although each says that more follow.
const barren = 10

// pages reads every page of one listing.
func (l lister) pages(ctx context.Context) ([]catalog.Page, error) {
	var pages []catalog.Page
	tokens, keys := map[string]bool{}, map[string]bool{}
	idle := 0
	for token := ""; ; {
		page, err := l.page(ctx, token)
		if err != nil {
			if token != "" && refusesToken(err) {
				return nil, &tokenError{err}
			}
			return nil, fmt.Errorf("page %d: %w", len(pages)+1, err)
		}
		pages = append(pages, page)
		if token = page.NextToken; token == "" {
			return pages, nil
		}
		seen := len(keys)
		for _, item := range page.Items {
			keys[item.Key()] = true
		}
		if idle++; len(keys) > seen {
			idle = 0
		}
		if tokens[token] || idle == barren {
			return nil, &unreadableError{fmt.Errorf("its pages repeat themselves after page %d", len(pages))}
		}
		tokens[token] = true
	}
}

// pageSize is the largest that may be requested. It saves more time than
// anything else: by default the service returns pages of a hundred.
const pageSize = 1000

// page requests the page that token leads to, "" for the first.
func (l lister) page(ctx context.Context, token string) (page catalog.Page, err error) {
	if l.scope.Kind.OfAccount() {
		return l.resources(ctx, token)
	}
	c := l.session.call(func(body []byte) (err error) {
		page, err = catalog.ParsePage(l.scope, body)
		return err
	})
	withCall := bedrock.WithAPIOptions(c.register)
	switch l.scope.Kind {
	case catalog.KindFoundationModel:
		if token != "" {
			return page, &unreadableError{errors.New("it has one page more than the operation can request")}
		}
		_, err = l.client.ListFoundationModels(ctx, &bedrock.ListFoundationModelsInput{}, withCall)
	case catalog.KindInferenceProfile:
		input := &bedrock.ListInferenceProfilesInput{
			TypeEquals: types.InferenceProfileTypeSystemDefined,
			MaxResults: aws.Int32(pageSize),
		}
		if token != "" {
			input.NextToken = aws.String(token)
		}
		_, err = l.client.ListInferenceProfiles(ctx, input, withCall)
	}
	return page, c.verdict(ctx, err)
}

// tokenError means that the service refuses a page token that it has just
// issued.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

// refusesToken reports whether the service refuses the page token: it calls a
// parameter invalid, and the page before showed all others to be valid.
func refusesToken(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	code := api.ErrorCode()
	return code == "ValidationException" || strings.Contains(code, "NextToken") || strings.Contains(code, "PaginationToken")
}
