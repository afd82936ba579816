package main

import (
	"fmt"
	"io"
	"time"

	"snapshotter/job"
	"snapshotter/serve"
)

// metrics makes a run print one line that CloudWatch Logs turns into metrics.
type metrics struct {
	EMF      bool   `name:"emf" help:"Print CloudWatch metrics of the run on stdout, in the embedded metric format."`
	EMFStack string `name:"emf-stack" placeholder:"NAME" help:"With --emf, the value of the metrics' dimension Stack: several deployments in one account need different ones."`
}

// emit prints the metrics of a run that ended at a time: recorded, or failed with
// err. A run that another one overtook counts as neither.
func (m metrics) emit(w io.Writer, at time.Time, result *job.Result, err error) {
	if m.EMF && !job.Overtaken(err) {
		fmt.Fprintln(w, serve.EmbeddedMetrics(at, m.EMFStack, result, err))
	}
}
