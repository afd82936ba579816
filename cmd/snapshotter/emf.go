package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"snapshotter/job"
)

// metrics makes a run print one line that CloudWatch Logs turns into metrics.
type metrics struct {
	EMF      bool   `name:"emf" help:"Print CloudWatch metrics of the run on stdout, in the embedded metric format."`
	EMFStack string `name:"emf-stack" placeholder:"NAME" help:"With --emf, the value of the metrics' dimension Stack: several deployments in one account need different ones."`
}

const metricsNamespace = "Snapshotter"

// emit prints the metrics of a run that ended at a time: recorded, or failed with
// err. A run that another one overtook counts as neither.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func (m metrics) emit(w io.Writer, at time.Time, result *job.Result, err error) {
	if !m.EMF || job.Overtaken(err) {
		return
	}
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
	if m.EMFStack != "" {
		dimensions = append(dimensions, "Stack")
		line.values["Stack"] = m.EMFStack
	}
	line.values["_aws"] = map[string]any{
		"Timestamp": at.UnixMilli(),
		"CloudWatchMetrics": []map[string]any{{
			"Namespace":  metricsNamespace,
			"Dimensions": [][]string{dimensions},
			"Metrics":    line.definitions,
		}},
	}
	text, err := json.Marshal(line.values)
	if err == nil {
		fmt.Fprintln(w, string(text))
	}
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
