package terminal

import (
	"bytes"
	"testing"
)

func TestProgressElsewhereThanOnATerminal(t *testing.T) {
	var out bytes.Buffer
	progress := NewProgress(&out, "Reading", "%d of %d")
	progress.Set(1, 2)
	progress.End()
	progress.End()
	if out.Len() > 0 {
		t.Errorf("it printed %q", &out)
	}
}
