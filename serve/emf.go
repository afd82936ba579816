package serve

import (
	"encoding/json"
	"time"

	"snapshotter/job"
)

const metricsNamespace = "Snapshotter"

// EmbeddedMetrics returns the line of JSON that CloudWatch Logs turns into the
// metrics of a run that ended at a time: recorded, or failed with err. Stack is the
// value of their dimension, "" for none.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func EmbeddedMetrics(at time.Time, stack string, result *job.Result, err error) string {
	line := metricsLine{values: map[string]any{}}
	line.add("RunsRecorded", "Count", count(err == nil))
	line.add("RunsFailed", "Count", count(err != nil))
	if err == nil {
		line.add("RunSeconds", "Seconds", result.Run.FinishedAt.Sub(result.Run.StartedAt).Seconds())
		line.add("ReportsNotWritten", "Count", count(result.Unwritten != nil))
	}
	if err == nil && result.Report != nil {
		counts, coverage := result.Report.Counts, result.Report.Coverage
		line.add("ActOn", "Count", float64(counts.ActOn))
		line.add("GoodToKnow", "Count", float64(counts.Good))
		line.add("OtherChanges", "Count", float64(counts.Other))
		line.add("NewRegions", "Count", float64(counts.NewRegions))
		line.add("RegionsReadWhole", "Count", float64(len(coverage.Whole)))
		line.add("RegionsLost", "Count", float64(len(coverage.Lost)))
	}
	dimensions := []string{}
	if stack != "" {
		dimensions = append(dimensions, "Stack")
		line.values["Stack"] = stack
	}
	line.values["_aws"] = map[string]any{
		"Timestamp": at.UnixMilli(),
		"CloudWatchMetrics": []map[string]any{{
			"Namespace":  metricsNamespace,
			"Dimensions": [][]string{dimensions},
			"Metrics":    line.definitions,
		}},
	}
	text, fault := json.Marshal(line.values)
	if fault != nil {
		panic("serve: " + fault.Error()) // the values are text and numbers
	}
	return string(text)
}

type metricsLine struct {
	values      map[string]any
	definitions []metricDefinition
}

type metricDefinition struct {
	Name string
	Unit string
}

func (l *metricsLine) add(name, unit string, value float64) {
	l.values[name] = value
	l.definitions = append(l.definitions, metricDefinition{name, unit})
}

func count(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
