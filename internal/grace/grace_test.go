package grace

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestExtend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		extended, cancel := Extend(ctx)
		defer cancel()
		time.Sleep(time.Hour)
		if extended.Err() != nil {
			t.Error("ended before the context it extends")
		}
		stop()
		stopped := time.Now()
		<-extended.Done()
		if took := time.Since(stopped); took != Period {
			t.Errorf("ended after %s, want %s", took, Period)
		}
	})
}

func TestExtendCancel(t *testing.T) {
	extended, cancel := Extend(t.Context())
	cancel()
	if extended.Err() == nil {
		t.Error("not canceled")
	}
}
