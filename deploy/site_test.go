package deploy

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"snapshotter/site"
)

// checkPages checks the workflow that publishes the site: what makes it may not
// publish, and what publishes runs nothing of ours.
func checkPages(t *testing.T, all files) []string {
	var p problems
	text := all["github-actions/pages.yaml"]
	var w workflow
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		return []string{err.Error()}
	}
	if w.Permissions == nil {
		p.add("the workflow does not say that it has no permissions of its own")
	}
	p.want("the workflow's permissions", w.Permissions, map[string]string{})
	p.want("job site's permissions", w.Jobs["site"].Permissions, map[string]string{"contents": "read"})
	p.want("job publish's permissions", w.Jobs["publish"].Permissions, map[string]string{"pages": "write", "id-token": "write"})
	p.want("the number of jobs", len(w.Jobs), 2)
	for _, step := range w.Jobs["publish"].Steps {
		if step.Run != "" {
			p.add("a step that may publish runs a script")
		}
	}
	for _, line := range used.FindAllString(text, -1) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") && !pinned.MatchString(line) {
			p.add("an action is not pinned by commit with its version: %s", strings.TrimSpace(line))
		}
	}
	checkTokens(&p, w)
	made := ""
	for _, step := range w.Jobs["site"].Steps {
		if _, arguments, found := strings.Cut(step.Run, "history.sh alone program/snapshotter "); found {
			arguments = regexp.MustCompile(`"[^"]*\$[^"]*"`).ReplaceAllStringFunc(strings.ReplaceAll(arguments, "\\\n", " "), func(quoted string) string {
				if strings.Contains(quoted, "https://") {
					return "https://example.github.io/bedrock/"
				}
				return "example.com"
			})
			fields := strings.Fields(arguments)
			p.command(t, fields)
			for i, field := range fields {
				if field == "--out" && i+1 < len(fields) {
					made = fields[i+1]
				}
			}
		}
		if strings.HasPrefix(step.Uses, "actions/upload-pages-artifact@") {
			p.want("what is published", step.With["path"], made)
		}
	}
	if made == "" {
		p.add("no step makes the site")
	}
	return p
}

// checkSite checks the template of the site's bucket and distribution: private, over
// HTTPS alone, with the policy of the pages and their own page for what is missing.
func checkSite(_ *testing.T, all files) []string {
	var p problems
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(all["site.yaml"]), &document); err != nil {
		return []string{err.Error()}
	}
	resources, _ := at(plain(&document), "Resources").(map[string]any)
	bucket := at(resources, "Bucket", "Properties")
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		p.want("the bucket's "+block, at(bucket, "PublicAccessBlockConfiguration", block), "true")
	}
	statements, _ := at(resources, "BucketPolicy", "Properties", "PolicyDocument", "Statement").([]any)
	p.want("the number of statements", len(statements), 3)
	for _, s := range statements {
		switch at(s, "Effect") {
		case "Allow":
			p.want("who may read", at(s, "Principal", "Service"), "cloudfront.amazonaws.com")
			if source := fmt.Sprint(at(s, "Condition", "StringEquals", "AWS:SourceArn")); !strings.Contains(source, "${Distribution}") {
				p.add("any distribution may read the bucket: %s", source)
			}
		case "Deny":
			p.want("what is denied without TLS", at(s, "Action"), "s3:*")
		}
	}
	distribution := at(resources, "Distribution", "Properties", "DistributionConfig")
	p.want("the first page", at(distribution, "DefaultRootObject"), "index.html")
	p.want("the viewers' protocol", at(distribution, "DefaultCacheBehavior", "ViewerProtocolPolicy"), "redirect-to-https")
	p.want("compression", at(distribution, "DefaultCacheBehavior", "Compress"), "true")
	p.want("the page for what is missing", at(distribution, "CustomErrorResponses"), []any{map[string]any{"ErrorCachingMinTTL": "60", "ErrorCode": "404", "ResponseCode": "404", "ResponsePagePath": "/404.html"}})
	headers := at(resources, "Headers", "Properties", "ResponseHeadersPolicyConfig", "SecurityHeadersConfig")
	p.want("the policy", at(headers, "ContentSecurityPolicy", "ContentSecurityPolicy"), site.Policy+"; frame-ancestors 'none'")
	if code := fmt.Sprint(at(resources, "Pages", "Properties", "FunctionCode")); !strings.Contains(code, "index.html") {
		p.add("nothing finds the page of a folder")
	}
	return p
}
