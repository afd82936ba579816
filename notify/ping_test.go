package notify_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"snapshotter/notify"
)

const (
	check     = "ping:https://hc-ping.com/5b1f4ac7-8d3e-4a60-9c02-1f2e3d4c5b6a"
	checkSlug = "ping:http://checks.example.com:8000/ping/s3cretPingKey/bedrock/?create=1"
)

func TestPing(t *testing.T) {
	var all strings.Builder
	for _, p := range []notify.Ping{
		{Event: notify.Started},
		{Event: notify.Succeeded, Text: "Run 412: 3 to act on, 3 to know\n28 of 33 regions read whole"},
		{Event: notify.Succeeded, Exit: 7},
		{Event: notify.Failed, Exit: 3, Text: "2 lists could not be read"},
		{Event: notify.Failed},
		{Event: notify.Failed, Exit: 300},
		{Event: notify.Failed, Exit: -1},
	} {
		receiver := receive(t, nil)
		// A channel of messages among them hears nothing.
		deliveries := receiver.sender().Ping(t.Context(), []notify.Channel{parse(t, check), parse(t, slackHook), parse(t, checkSlug)}, p)
		if len(deliveries) != 2 || deliveries[0].Outcome != notify.Delivered || deliveries[1].Outcome != notify.Delivered {
			t.Errorf("deliveries = %+v", deliveries)
		}
		requests := receiver.requests()
		if len(requests) == 2 && strings.Contains(requests[0].URL, "hc-ping") {
			requests[0], requests[1] = requests[1], requests[0]
		}
		for _, r := range requests {
			all.WriteString(r.String() + "\n")
		}
	}
	golden(t, "payload/ping.txt", all.String())
}

// Hearing twice does a check no harm, so a ping is tried again where a message
// is not.
func TestPingIsTriedAgain(t *testing.T) {
	var n atomic.Int32
	receiver := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "OK")
	})
	d := receiver.sender().Impatient().Ping(t.Context(), []notify.Channel{parse(t, check)}, notify.Ping{Event: notify.Started})[0]
	if d.Outcome != notify.Delivered || d.Tries != 3 {
		t.Errorf("delivery = %+v", d)
	}
}

// A check takes no messages, and a message channel no pings.
func TestPingsApart(t *testing.T) {
	receiver := receive(t, nil)
	if d := receiver.sender().Send(t.Context(), []notify.Channel{parse(t, check), {}}, plain(), nil); len(d) != 0 {
		t.Errorf("deliveries = %+v", d)
	}
	if !parse(t, check).Pings() || parse(t, slackHook).Pings() || (notify.Channel{}).Pings() {
		t.Error("Pings")
	}
}

// A check that says no with status 200 was not reached.
func TestPingIsAccepted(t *testing.T) {
	for answer, want := range map[string]notify.Outcome{
		"OK":                              notify.Delivered,
		"":                                notify.Delivered,
		`{"ok":true}`:                     notify.Delivered,
		"OK (not found)":                  notify.Undelivered,
		`{"ok":false,"msg":"not active"}`: notify.Undelivered,
		"<html>Sign in</html>":            notify.Undelivered,
		"\n<BODY onload=x>":               notify.Undelivered,
		"<script>location='/login'":       notify.Undelivered,
		`<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>`: notify.Undelivered,
	} {
		receiver := receive(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })
		d := receiver.sender().Impatient().Ping(t.Context(), []notify.Channel{parse(t, check)}, notify.Ping{Event: notify.Succeeded})[0]
		if d.Outcome != want {
			t.Errorf("%q: %+v, want %s", answer, d, want)
		}
	}
}
