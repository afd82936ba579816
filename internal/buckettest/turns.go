package buckettest

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// Turns make processes take their steps one at a time, in a given order. A nil
// one lets all go as they like.
type Turns struct {
	mu     sync.Mutex
	change *sync.Cond
	order  []string
	holder string // whose step is being taken
}

// NewTurns shuffles so many steps of each process. One in eight is no order at
// all.
func NewTurns(random *rand.Rand, steps int, names ...string) *Turns {
	if random.IntN(8) == 0 {
		return nil
	}
	t := &Turns{}
	t.change = sync.NewCond(&t.mu)
	for _, name := range names {
		t.order = append(t.order, slices.Repeat([]string{name}, steps)...)
	}
	random.Shuffle(len(t.order), func(i, j int) { t.order[i], t.order[j] = t.order[j], t.order[i] })
	return t
}

// Take ends the step that a process was taking, and waits until its next one
// is due. Steps that were not foreseen, such as second tries, are due when all
// others have been taken.
func (t *Turns) Take(name string) {
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

// Leave gives up what steps a process has left.
func (t *Turns) Leave(name string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.order = slices.DeleteFunc(t.order, func(other string) bool { return other == name })
	t.end(name)
}

// Door is a door at which the uploads of a process take two steps: to arrive, and
// to be answered. What is beyond it happens in between.
func (t *Turns) Door(name string, beyond Door) Door {
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

// carry sends a request through a door, and reports whether the connection
// broke.
func carry(door Door, w http.ResponseWriter, r *http.Request, behind http.Handler) (broken bool) {
	defer func() {
		if reason := recover(); reason != nil && reason != http.ErrAbortHandler {
			panic(reason)
		} else {
			broken = reason != nil
		}
	}()
	door(w, r, behind)
	return false
}

func (t *Turns) end(name string) {
	if t.holder == name {
		t.holder = ""
	}
	t.change.Broadcast()
}
