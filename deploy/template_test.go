package deploy

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

func checkTemplate(t *testing.T, all files) []string {
	var p problems
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(all["cloudformation.yaml"]), &document); err != nil {
		return []string{err.Error()}
	}
	template := plain(&document)
	resources, _ := at(template, "Resources").(map[string]any)
	checkRoles(&p, resources)
	checkBucket(&p, resources)
	checkTask(t, &p, resources)
	checkSchedule(&p, template, resources)
	checkAlarm(t, &p, resources)
	return p
}

// The bucket keeps versions, is private, and outlives the stack.
func checkBucket(p *problems, resources map[string]any) {
	bucket := at(resources, "State")
	for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
		p.want("the bucket's "+policy, at(bucket, policy), "Retain")
	}
	properties := at(bucket, "Properties")
	p.want("the bucket's versioning", at(properties, "VersioningConfiguration", "Status"), "Enabled")
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		p.want("the bucket's "+block, at(properties, "PublicAccessBlockConfiguration", block), "true")
	}
	p.want("the bucket's owner", at(properties, "OwnershipControls", "Rules", "0", "ObjectOwnership"), "BucketOwnerEnforced")
	p.want("the bucket's encryption", at(properties, "BucketEncryption", "ServerSideEncryptionConfiguration", "0", "ServerSideEncryptionByDefault", "SSEAlgorithm"), "AES256")
	p.want("the bucket's ACL", at(properties, "AccessControl"), nil)
	// What is current never expires; of older versions, those of 30 runs stay.
	for _, rule := range list(at(properties, "LifecycleConfiguration", "Rules")) {
		fields, _ := rule.(map[string]any)
		for key := range fields {
			switch key {
			case "Id", "Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload":
			default:
				p.add("the bucket's lifecycle has %s, which may delete the history", key)
			}
		}
		p.want("older versions kept", at(rule, "NoncurrentVersionExpiration", "NewerNoncurrentVersions"), 30)
	}
	for name, resource := range resources {
		if at(resource, "Type") != "AWS::S3::BucketPolicy" {
			continue
		}
		p.compare("bucket policy "+name, grants(p, name, at(resource, "Properties", "PolicyDocument")), []string{
			"Deny s3:* on map[Fn::GetAtt:State.Arn] by * if map[Bool:map[aws:SecureTransport:false]]",
			"Deny s3:* on map[Fn::Sub:${State.Arn}/*] by * if map[Bool:map[aws:SecureTransport:false]]",
		})
	}
}

// arguments are a container's, as the program gets them.
func arguments(value any) []string {
	var texts []string
	for _, argument := range list(value) {
		if name := at(argument, "Ref"); name != nil {
			argument = name
		}
		texts = append(texts, fmt.Sprint(argument))
	}
	return texts
}

// The task runs the program as a user without rights, on a file system that it
// cannot write to but for its volume.
func checkTask(t *testing.T, p *problems, resources map[string]any) {
	task := at(resources, "Task", "Properties")
	containers := list(at(task, "ContainerDefinitions"))
	p.want("the number of containers", len(containers), 1)
	container := at(task, "ContainerDefinitions", "0")
	p.want("the user", at(container, "User"), user)
	p.want("the root file system's being read-only", at(container, "ReadonlyRootFilesystem"), "true")
	p.want("Privileged", at(container, "Privileged"), nil)
	p.want("capabilities", at(container, "LinuxParameters", "Capabilities"), "map[Drop:[ALL]]")
	p.want("the image", at(container, "Image"), "map[Ref:Image]")
	p.want("the entry point", at(container, "EntryPoint"), nil)
	p.want("the mount", at(container, "MountPoints"), "[map[ContainerPath:"+stateDir+" SourceVolume:work]]")
	p.want("the volumes", at(task, "Volumes"), "[map[Name:work]]")
	p.want("the task's role", at(task, "TaskRoleArn"), "map[Fn::GetAtt:TaskRole.Arn]")
	p.want("the execution role", at(task, "ExecutionRoleArn"), "map[Fn::GetAtt:ExecutionRole.Arn]")
	p.want("the log", at(container, "LogConfiguration", "Options", "awslogs-group"), "map[Ref:Logs]")
	command := arguments(at(container, "Command"))
	p.command(t, command)
	if len(command) == 0 || command[0] != "run" {
		p.add("the task runs %q", command)
	}
	environment := map[string]any{}
	for _, variable := range list(at(container, "Environment")) {
		if choice := list(at(variable, "Fn::If")); choice != nil {
			variable = choice[1]
		}
		environment[fmt.Sprint(at(variable, "Name"))] = at(variable, "Value")
	}
	p.want("the environment", environment, map[string]any{
		"TMPDIR":              stateDir,
		"SNAPSHOTTER_DB":      map[string]any{"Fn::Sub": "s3://${State}/snapshotter.db"},
		"SNAPSHOTTER_REPORTS": map[string]any{"Fn::Sub": "s3://${State}/reports/"},
		"SNAPSHOTTER_NOTIFY":  map[string]any{"Fn::Sub": "sns:${AlarmTopic}"},
	})
}

// The task is started every day, and starts that were given up are kept.
func checkSchedule(p *problems, template any, resources map[string]any) {
	nightly := at(resources, "Nightly", "Properties")
	p.want("the schedule's state", at(nightly, "State"), nil)
	p.want("the schedule", at(nightly, "ScheduleExpression"), "map[Ref:Schedule]")
	expression := fmt.Sprint(at(template, "Parameters", "Schedule", "Default"))
	inner := strings.TrimSuffix(strings.TrimPrefix(expression, "cron("), ")")
	// EventBridge: minutes hours day month weekday year, one day as "?".
	fields := strings.Fields(inner)
	if len(fields) != 6 || strings.Join(fields[2:], " ") != "* * ? *" {
		p.add("the schedule %s is not daily", expression)
		return
	}
	p.daily(strings.Join(fields[:2], " ") + " * * *")
	target := at(nightly, "Target")
	p.want("what is started", at(target, "EcsParameters", "TaskDefinitionArn"), "map[Ref:Task]")
	p.want("where it is started", at(target, "Arn"), "map[Fn::GetAtt:Cluster.Arn]")
	p.want("who starts it", at(target, "RoleArn"), "map[Fn::GetAtt:SchedulerRole.Arn]")
	p.want("how many are started", at(target, "EcsParameters", "TaskCount"), "1")
	p.want("where given up starts go", at(target, "DeadLetterConfig", "Arn"), "map[Fn::GetAtt:NotStarted.Arn]")
}

// emitted is the line that the program prints for CloudWatch with the
// template's arguments, of a run that fails for want of a region.
var emitted = func() func(t *testing.T, arguments []string) map[string]any {
	var mu sync.Mutex
	known := map[string]map[string]any{}
	return func(t *testing.T, arguments []string) map[string]any {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		key := strings.Join(arguments, "\x00")
		if known[key] == nil {
			dir := t.TempDir()
			command := exec.Command(program(t), append(arguments, "--db", dir+"/history.db", "--reports", dir+"/reports")...)
			command.Env = []string{"HOME=" + dir, "AWS_EC2_METADATA_DISABLED=true"}
			out, _ := command.Output()
			line := map[string]any{}
			if err := json.Unmarshal(out, &line); err != nil {
				line["problem"] = fmt.Sprintf("%q: %v", out, err)
			}
			known[key] = line
		}
		return known[key]
	}
}()

// The alarm watches the metric that the task emits, sounds once more than a day
// has passed without a recorded run, and not before.
func checkAlarm(t *testing.T, p *problems, resources map[string]any) {
	line := emitted(t, arguments(at(resources, "Task", "Properties", "ContainerDefinitions", "0", "Command")))
	metrics := at(line, "_aws", "CloudWatchMetrics", "0")
	alarms := 0
	for name, resource := range resources {
		if at(resource, "Type") != "AWS::CloudWatch::Alarm" {
			continue
		}
		alarms++
		alarm, _ := at(resource, "Properties").(map[string]any)
		if metrics == nil {
			p.add("the task emits no metrics: %v", line["problem"])
			continue
		}
		p.want(name+"'s namespace", alarm["Namespace"], at(metrics, "Namespace"))
		names := map[any]bool{}
		for _, metric := range list(at(metrics, "Metrics")) {
			names[at(metric, "Name")] = true
		}
		if !names[alarm["MetricName"]] {
			p.add("%s watches %v, which the task does not emit", name, alarm["MetricName"])
		}
		var dimensions []string
		for _, dimension := range list(alarm["Dimensions"]) {
			key := fmt.Sprint(at(dimension, "Name"))
			dimensions = append(dimensions, key)
			p.want(name+"'s "+key, fmt.Sprint(arguments(at(dimension, "Value"))), fmt.Sprint([]any{line[key]}))
		}
		p.want(name+"'s dimensions", dimensions, at(metrics, "Dimensions", "0"))
		p.want(name+"'s actions", alarm["AlarmActions"], "map[Fn::If:[HasTopic [map[Ref:AlarmTopic]] map[Ref:AWS::NoValue]]]")
		p.want(name+"'s ActionsEnabled", alarm["ActionsEnabled"], nil)
		for hours, want := range map[int]bool{0: false, 12: false, 24: false, 25: false, 30: true, 48: true} {
			for _, failing := range []bool{false, true} {
				if got, err := sounds(alarm, hours, failing); err != nil || got != want {
					p.add("%s, %d hours after the last recorded run, failed runs since then %t: sounds=%t, want %t (%v)", name, hours, failing, got, want, err)
				}
			}
		}
	}
	p.want("the number of alarms", alarms, 1)
}

// sounds reports whether an alarm is on some hours after the last recorded run.
// That run emitted 1. Since then each hour saw a failed run, which emits 0, or
// nothing was emitted.
func sounds(alarm map[string]any, hours int, failing bool) (bool, error) {
	number := func(key string) int {
		n, err := strconv.Atoi(fmt.Sprint(alarm[key]))
		if err != nil {
			return -1
		}
		return n
	}
	period, periods, needed, threshold := number("Period"), number("EvaluationPeriods"), number("DatapointsToAlarm"), number("Threshold")
	if period <= 0 || periods <= 0 || needed <= 0 || threshold < 0 || alarm["Statistic"] != "Sum" {
		return false, fmt.Errorf("the alarm's numbers are not understood: %v", alarm)
	}
	breaching := map[string]func(int) bool{
		"LessThanThreshold":             func(v int) bool { return v < threshold },
		"LessThanOrEqualToThreshold":    func(v int) bool { return v <= threshold },
		"GreaterThanThreshold":          func(v int) bool { return v > threshold },
		"GreaterThanOrEqualToThreshold": func(v int) bool { return v >= threshold },
	}[fmt.Sprint(alarm["ComparisonOperator"])]
	if breaching == nil {
		return false, fmt.Errorf("the comparison %v is not known", alarm["ComparisonOperator"])
	}
	count := 0
	for i := range periods {
		if hours*3600/period == i { // the period of the run
			if breaching(1) {
				count++
			}
		} else if failing && i < hours*3600/period {
			if breaching(0) {
				count++
			}
		} else if alarm["TreatMissingData"] == "breaching" {
			count++
		}
	}
	return count >= needed, nil
}
