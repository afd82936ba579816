package buckettest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// Order makes processes take their steps one at a time, in a fixed order. A nil
// Order lets them run freely.
type Order struct {
	mu     sync.Mutex
	change *sync.Cond
	order  []string
	holder string // whose step is being taken
}

// NewOrder shuffles the steps of the processes. One order in eight is nil.
func NewOrder(random *rand.Rand, steps int, names ...string) *Order {
	if random.IntN(8) == 0 {
		return nil
	}
	t := &Order{}
	t.change = sync.NewCond(&t.mu)
	for _, name := range names {
		t.order = append(t.order, slices.Repeat([]string{name}, steps)...)
	}
	random.Shuffle(len(t.order), func(i, j int) { t.order[i], t.order[j] = t.order[j], t.order[i] })
	return t
}

// Take ends the current step of a process and waits until its next one is due.
// Unforeseen steps, such as second attempts, are due after all others.
func (t *Order) Take(name string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(name)
	for t.holder != "" || len(t.order) > 0 && t.order[0] != name {
		t.change.Wait()
	}
	t.order, t.holder = t.order[min(1, len(t.order)):], name
}

// Leave gives up the remaining steps of a process.
func (t *Order) Leave(name string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.order = slices.DeleteFunc(t.order, func(other string) bool { return other == name })
	t.end(name)
}

// Fault makes each upload of a process two steps: to arrive, and to be
// answered. The fault beyond happens in between.
func (t *Order) Fault(name string, beyond Fault) Fault {
	return func(w http.ResponseWriter, r *http.Request, behind http.Handler) {
		if r.Method != http.MethodPut {
			beyond(w, r, behind)
			return
		}
		t.Take(name)
		answer := httptest.NewRecorder()
		broken := carry(beyond, answer, r, behind)
		t.Take(name)
		if broken {
			panic(http.ErrAbortHandler)
		}
		forward(w, answer, answer.Body.Bytes())
	}
}

// carry sends a request through a fault, and reports whether the connection
// broke.
func carry(fault Fault, w http.ResponseWriter, r *http.Request, behind http.Handler) (broken bool) {
	defer func() {
		if reason := recover(); reason != nil && reason != http.ErrAbortHandler {
			panic(reason)
		} else {
			broken = reason != nil
		}
	}()
	fault(w, r, behind)
	return false
}

func (t *Order) end(name string) {
	if t.holder == name {
		t.holder = ""
	}
	t.change.Broadcast()
}
