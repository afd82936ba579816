package bedrocktest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
)

// cursor is a place in a listing: what a page token stands for.
type cursor struct {
	where  place
	items  []*item // of the whole listing
	offset int
	page   int // counted from 1; 0 is no place at all
}

// of returns the cursor if x may use it, else none: a token is valid for the
// operation and the region that issued it.
func (c cursor) of(x *exchange) cursor {
	if c.where != x.place() {
		return cursor{}
	}
	return c
}

// page answers a request that has no fault.
func (s *Server) page(x *exchange, fault Fault) ([]byte, *refusal) {
	items, next, refused := s.cut(x, fault)
	if refused != nil {
		return nil, refused
	}
	if x.operation.one && len(items) == 0 {
		return nil, &refusal{404, "ResourceNotFoundException", "The requested resource does not exist"}
	}
	if fault.Kind == ShortPage && !x.operation.one && len(items) > 0 {
		items = items[:len(items)-1]
	}
	return x.operation.write(x, items, next), nil
}

// cut takes a page from its listing, with the token for what follows it.
func (s *Server) cut(x *exchange, fault Fault) ([]*item, string, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.cursors[x.query.token].of(x)
	switch {
	case x.query.token == "":
		at = s.begin(x, fault)
	case at.page == 0:
		return nil, "", x.service.wording[InvalidToken].about(x)
	}
	end := len(at.items)
	if size := cmp.Or(x.query.maxResults, x.operation.pageSize); size > 0 {
		if x.scope.service == bedrock && s.limit > 0 {
			size = min(size, s.limit)
		}
		end = min(end, at.offset+size)
	}
	return at.items[at.offset:end], s.next(x, at, end, fault.Kind), nil
}

// begin makes a listing: everything that matches the query, in an order that,
// as AWS keeps none, differs between listings and regions, always in the same
// way.
func (s *Server) begin(x *exchange, fault Fault) cursor {
	where := x.place()
	s.started[where]++
	n := uint64(s.started[where])
	var items []*item
	if fault.Kind != Empty {
		items = slices.DeleteFunc(slices.Clone(x.operation.list(s.offers, where.region)), func(i *item) bool {
			return x.query.keep != nil && !x.query.keep(i)
		})
	}
	if fault.Kind == Flap {
		items = fault.flap(items, where.region, n)
	}
	order := rand.New(rand.NewPCG(hash(0, where.region, where.operation), n))
	order.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return cursor{where: where, items: items, page: 1}
}

// flap leaves some items out of the nth listing.
func (f Fault) flap(items []*item, region string, n uint64) []*item {
	seed := hash(f.Seed, region, strconv.FormatUint(n, 10))
	lot := func(i *item) uint64 { return hash(seed, i.id) }
	drawn := slices.SortedFunc(slices.Values(items), func(a, b *item) int { return cmp.Compare(lot(a), lot(b)) })
	left := len(items) / cmp.Or(f.OneIn, 10)
	if len(items) > 0 {
		left = max(left, 1)
	}
	return drawn[left:]
}

// next returns the token for what follows the page that ends at end, "" if
// nothing does.
func (s *Server) next(x *exchange, at cursor, end int, kind FaultKind) string {
	if x.operation.pageSize == 0 {
		return ""
	}
	following := at
	following.offset, following.page = end, at.page+1
	switch {
	case kind == DuplicatePage:
		return s.issue(at)
	case kind == RepeatToken && x.query.token != "":
		return x.query.token
	case kind == RepeatToken || end < len(at.items):
		return s.issue(following)
	}
	return ""
}

// issue issues a token. It does not show where it leads.
func (s *Server) issue(c cursor) string {
	s.issued++
	digest := sha256.Sum256(fmt.Appendf(nil, "page token %d of %s", s.issued, s.url))
	token := base64.RawURLEncoding.EncodeToString(digest[:])
	s.cursors[token] = c
	return token
}

// forget invalidates the tokens issued for a region and operation.
func (s *Server) forget(where place) {
	for token, c := range s.cursors {
		if c.where == where {
			delete(s.cursors, token)
		}
	}
}
