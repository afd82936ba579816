// Package deploy holds what snapshotter is deployed with. The program itself
// reads one file of it, so that what it tells a user to allow is what the
// documents show and the template grants.
package deploy

import _ "embed"

// Policy is the IAM policy that a run needs: a JSON document. Its first
// statement is needed, its second worth having.
//
//go:embed iam-policy.json
var Policy string
