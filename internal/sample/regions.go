package sample

import (
	"strings"

	"snapshotter/internal/bedrocktest"
)

// Sets of regions, as the tables name them.
const (
	usThree = "us-east-1 us-east-2 us-west-2"
	usTwo   = "us-east-1 us-west-2"
	usFour  = usThree + " us-west-1"

	euThree = "eu-central-1 eu-west-1 eu-west-3"
	euFour  = euThree + " eu-north-1"
	euFive  = euFour + " eu-west-2"
	euSix   = euFour + " eu-south-1 eu-south-2" // as destinations only

	apFive  = "ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2"
	apSix   = apFive + " ap-northeast-3"
	apSeven = apSix + " ap-south-2" // this and the next as destinations only
	apEight = apSeven + " ap-southeast-4"
	apNine  = apEight + " ap-southeast-3"

	japan     = "ap-northeast-1 ap-northeast-3"
	australia = "ap-southeast-2 ap-southeast-4"
	canada    = "ca-central-1 ca-west-1"

	// everywhere is what the account can read from the first moment.
	everywhere = usFour + " ca-central-1 sa-east-1 " + euFive + " " + apSix

	// The models with open weights came to the same few regions together.
	openSeven  = usThree + " sa-east-1 ap-northeast-1 ap-south-1 ap-southeast-2"
	openNine   = openSeven + " eu-west-1 eu-west-2"
	openNorth  = openSeven + " eu-north-1 eu-west-2"
	openEleven = openNine + " eu-central-1 eu-north-1"

	// Older models spread in rounds of their own.
	embedding    = usTwo + " ca-central-1 sa-east-1 " + euThree + " eu-west-2 ap-south-1 ap-southeast-2"
	olderMistral = usTwo + " ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 ap-south-1 ap-southeast-2"

	// unopened are the opt-in regions with Bedrock that the account never
	// enables: it sees nothing of them, and profiles route to some.
	unopened = "af-south-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7" +
		" ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1"

	// hongKong is an opt-in region that gets Bedrock. No list of Bedrock's
	// regions names it before, so that discovery finds a new region.
	hongKong = "ap-east-1"
)

// list reads a set of regions.
func list(regions string) []string { return strings.Fields(regions) }

// optedOut and optedIn are states of a region that needs opting in to.
// https://docs.aws.amazon.com/accounts/latest/reference/API_Region.html
const (
	optedOut = "DISABLED"
	optedIn  = "ENABLED"
)

// open makes Bedrock available in regions, with nothing listed yet.
func (w world) open(regions, optIn string) {
	for _, region := range list(regions) {
		w[region] = &bedrocktest.Region{OptIn: optIn}
	}
}
