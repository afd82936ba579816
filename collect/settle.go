package collect

import (
	"maps"
	"slices"

	"snapshotter/catalog"
)

// result considers all findings together: what a failure in one region means
// can depend on the others.
func (c *collection) result() (Result, error) {
	if err := c.nothingRead(); err != nil {
		return Result{}, err
	}
	result := Result{Partition: c.partition, Notes: c.notes}
	slices.Sort(result.Notes)
	result.Notes = slices.Compact(result.Notes)
	for _, r := range c.sorted() {
		for _, kind := range c.kinds() {
			listing := c.settle(r, kind)
			if r.asked && listing.Outcome != catalog.Complete {
				c.report(&listing)
			}
			result.Listings = append(result.Listings, listing)
		}
	}
	slices.SortFunc(result.Listings, catalog.CompareListings)
	return result, nil
}

// settle returns the listing to record for a scope.
func (c *collection) settle(r *region, kind catalog.Kind) catalog.Listing {
	scope := catalog.Scope{Region: r.name, Kind: kind}
	if !r.asked {
		return catalog.Listing{Scope: scope, Outcome: catalog.NotListed, Message: "left out by the configuration"}
	}
	f := r.findings[kind]
	enabled, statusKnown := c.enabled[r.name]
	switch {
	case f.Outcome == catalog.Complete:
		return f.Listing
	case statusKnown && !enabled:
		return catalog.Listing{Scope: scope, Outcome: catalog.NotEnabled, Message: "the account has not enabled this region"}
	case c.blamesToken(f):
		f.Message = version1
	case f.cause == noHost && kind.Described() && r.findings[catalog.KindFoundationModel].Outcome == catalog.Complete && !c.known[scope].Observed:
		f.Outcome = catalog.NotOffered
		f.Message = "the region has no endpoint of bedrock-agent"
	case f.cause == credentialsUnknown && !statusKnown && !c.observed(r) && !enabledByDefault(r.name):
		f.Outcome = catalog.NotEnabled
		f.Message = "the credentials are valid elsewhere: the account has probably not enabled this region"
	}
	return f.Listing
}

// observed reports whether the region was ever read: then the account had enabled
// it.
func (c *collection) observed(r *region) bool {
	return slices.ContainsFunc(catalog.Kinds(), func(kind catalog.Kind) bool {
		return c.known[catalog.Scope{Region: r.name, Kind: kind}].Observed
	})
}

// answeredAnywhere reports whether any region's Bedrock was reached.
func (c *collection) answeredAnywhere() bool {
	for _, f := range c.findings() {
		if f.Outcome != catalog.Unreachable {
			return true
		}
	}
	return false
}

// findings returns the findings of all scopes that were listed and that the
// account can read, as far as is known, sorted by scope.
func (c *collection) findings() []finding {
	var all []finding
	for _, r := range c.sorted() {
		enabled, statusKnown := c.enabled[r.name]
		for _, kind := range catalog.Kinds() {
			f, asked := r.findings[kind]
			if asked && (enabled || !statusKnown || f.Outcome == catalog.Complete) {
				all = append(all, f)
			}
		}
	}
	return all
}

// nothingRead returns why there is nothing to record, nil if there is
// something.
func (c *collection) nothingRead() error {
	findings := c.findings()
	switch {
	case len(c.regions) == 0:
		return &RegionError{Partition: c.partition}
	case !c.askedAny():
		return &RegionError{Partition: c.partition, LeftOut: slices.Sorted(maps.Keys(c.regions))}
	case len(findings) == 0:
		return nil // the account has enabled none
	}
	if err := allMisdirected(findings); err != nil {
		return err
	}
	if refused := c.refused(findings); refused != nil {
		if c.blamesToken(*refused) {
			return &TokenError{refused.Region, refused.err}
		}
		return &CredentialsError{Code: refused.ErrorCode, APIKey: c.session.apiKey, Err: refused.err}
	}
	if c.answeredAnywhere() {
		return nil
	}
	regions := map[string]bool{}
	for _, f := range findings {
		regions[f.Region] = true
	}
	return &UnreachableError{Regions: len(regions), Reason: findings[0].Message, Err: findings[0].err}
}

func (c *collection) askedAny() bool {
	for _, r := range c.regions {
		if r.asked {
			return true
		}
	}
	return false
}

// refused returns the first finding that shows invalid credentials, nil if any
// finding shows the opposite. A refusal that may mean that a region is not
// enabled shows nothing if a source of regions accepted the credentials.
func (c *collection) refused(findings []finding) (first *finding) {
	for i, f := range findings {
		maybeNotEnabled := c.accepted && !c.enabled[f.Region]
		switch {
		case accepts(f.Outcome, f.cause):
			return nil
		case first != nil:
		case f.cause == credentialsUnusable, f.cause == credentialsUnknown && !maybeNotEnabled:
			first = &findings[i]
		}
	}
	return first
}
