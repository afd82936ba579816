// Tests of the site in a real browser. They are a module of their own, because the
// program does not need what drives the browser. From the root of the project:
//
//	go run ./cmd/snapshotter demo
//	npm ci --prefix internal/browsertest
//	SNAPSHOTTER_SITE=$PWD/demo/site go -C internal/browsertest test
module snapshotter/internal/browsertest

go 1.26.0

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
)

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
