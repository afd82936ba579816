package deploy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"snapshotter/catalog"

	"go.yaml.in/yaml/v3"
)

// plain turns YAML with CloudFormation's tags into values, with functions in
// their long form: "!Ref X" is map[Ref:X].
func plain(node *yaml.Node) any {
	var value any
	switch node.Kind {
	case yaml.DocumentNode:
		return plain(node.Content[0])
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			fields[node.Content[i].Value] = plain(node.Content[i+1])
		}
		value = fields
	case yaml.SequenceNode:
		list := []any{}
		for _, element := range node.Content {
			list = append(list, plain(element))
		}
		value = list
	case yaml.AliasNode:
		panic("CloudFormation reads no YAML aliases")
	default:
		value = node.Value
	}
	if function, found := strings.CutPrefix(node.Tag, "!"); found && !strings.HasPrefix(function, "!") {
		if function != "Ref" {
			function = "Fn::" + function
		}
		return map[string]any{function: value}
	}
	return value
}

// at follows keys and list indices, such as "Properties", "0".
func at(value any, path ...string) any {
	for _, key := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// list is a value, or the values of a list.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// grants are what the statements of a policy say, one line each action and
// resource, sorted: "Allow s3:GetObject on RESOURCE if CONDITION".
func grants(p *problems, where string, document any) []string {
	var found []string
	p.want(where+" version", at(document, "Version"), "2012-10-17")
	for _, statement := range list(at(document, "Statement")) {
		fields, _ := statement.(map[string]any)
		for key := range fields {
			if !slices.Contains([]string{"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}, key) {
				p.add("%s: a statement has %s, which no rule here judges", where, key)
			}
		}
		resources := list(fields["Resource"])
		if resources == nil {
			resources = []any{"itself"}
		}
		for _, action := range list(fields["Action"]) {
			for _, resource := range resources {
				line := fmt.Sprintf("%v %v on %v", fields["Effect"], action, resource)
				if fields["Principal"] != nil {
					line += fmt.Sprintf(" by %v", fields["Principal"])
				}
				if fields["Condition"] != nil {
					line += fmt.Sprintf(" if %v", fields["Condition"])
				}
				found = append(found, line)
			}
		}
	}
	slices.Sort(found)
	return found
}

// compare adds a problem for each line that is missing or not wanted.
func (p *problems) compare(where string, got, want []string) {
	for _, line := range got {
		if !slices.Contains(want, line) {
			p.add("%s has: %s", where, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			p.add("%s lacks: %s", where, line)
		}
	}
}

// readsBedrock is what a run reads from AWS.
var readsBedrock = []string{
	"Allow account:ListRegions on *",
	"Allow bedrock:ListFoundationModels on *",
	"Allow bedrock:ListInferenceProfiles on *",
	"Allow ec2:DescribeRegions on *",
	"Allow ssm:GetParametersByPath on *",
}

// readsAccount is what a run reads of the account's resources beside, with --kinds.
func readsAccount() []string {
	var lines []string
	for _, passing := range catalog.Passings() {
		for _, action := range passing.Actions {
			if line := "Allow " + action + " on *"; !slices.Contains(readsBedrock, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// The first statement is what a run needs, as the documents say.
func checkPolicy(t *testing.T, all files) []string {
	var p problems
	var document any
	if err := json.Unmarshal([]byte(all["iam-policy.json"]), &document); err != nil {
		return []string{err.Error()}
	}
	p.compare("the policy", grants(&p, "the policy", document), slices.Concat(readsBedrock, readsAccount()))
	p.want("the number of statements", len(list(at(document, "Statement"))), 3)
	p.want("the first statement", at(document, "Statement", "0", "Action"), "[bedrock:ListFoundationModels bedrock:ListInferenceProfiles]")
	return p
}

// roles are what each role of the template may do, and who assumes it.
var roles = map[string][]string{
	"TaskRole": slices.Concat(readsBedrock, []string{
		"Allow s3:GetObject on map[Fn::Sub:${State.Arn}/*]",
		"Allow s3:ListBucket on map[Fn::GetAtt:State.Arn]",
		"Allow s3:PutObject on map[Fn::Sub:${State.Arn}/*]",
		"Allow sns:Publish on map[Ref:AlarmTopic]",
	}, assumedBy("ecs-tasks")),
	"ExecutionRole": slices.Concat([]string{
		"managed map[Fn::Sub:arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy]",
	}, assumedBy("ecs-tasks")),
	"SchedulerRole": slices.Concat([]string{
		"Allow ecs:RunTask on map[Ref:Task] if map[ArnEquals:map[ecs:cluster:map[Fn::GetAtt:Cluster.Arn]]]",
		"Allow ecs:TagResource on map[Fn::Sub:arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/${Cluster}/*] if map[StringEquals:map[ecs:CreateAction:RunTask]]",
		"Allow iam:PassRole on map[Fn::GetAtt:ExecutionRole.Arn] if map[StringEquals:map[iam:PassedToService:ecs-tasks.amazonaws.com]]",
		"Allow iam:PassRole on map[Fn::GetAtt:TaskRole.Arn] if map[StringEquals:map[iam:PassedToService:ecs-tasks.amazonaws.com]]",
		"Allow sqs:SendMessage on map[Fn::GetAtt:NotStarted.Arn]",
	}, assumedBy("scheduler")),
}

func assumedBy(service string) []string {
	return []string{"Allow sts:AssumeRole on itself by map[Service:" + service + ".amazonaws.com] if map[StringEquals:map[aws:SourceAccount:map[Ref:AWS::AccountId]]]"}
}

func checkRoles(p *problems, resources map[string]any) {
	for name, resource := range resources {
		kind := fmt.Sprint(at(resource, "Type"))
		if strings.HasPrefix(kind, "AWS::IAM::") && (kind != "AWS::IAM::Role" || roles[name] == nil) {
			p.add("%s (%s) grants what no rule here judges", name, kind)
		}
	}
	for name, want := range roles {
		role := resources[name]
		got := grants(p, name, at(role, "Properties", "AssumeRolePolicyDocument"))
		for _, managed := range list(at(role, "Properties", "ManagedPolicyArns")) {
			got = append(got, fmt.Sprintf("managed %v", managed))
		}
		for _, policy := range list(at(role, "Properties", "Policies")) {
			if choice := list(at(policy, "Fn::If")); choice != nil {
				p.want(name+"'s condition", choice[0], "HasTopic")
				p.want(name+" without a topic", choice[2], "map[Ref:AWS::NoValue]")
				policy = choice[1]
			}
			got = append(got, grants(p, name, at(policy, "PolicyDocument"))...)
		}
		p.compare(name, got, want)
	}
}
