package serve

import (
	"strconv"
	"strings"
)

// exposition is metrics in the text format of Prometheus:
// https://prometheus.io/docs/instrumenting/exposition_formats/
type exposition struct {
	strings.Builder
	name string
}

const expositionType = "text/plain; version=0.0.4; charset=utf-8"

// family begins a metric; its samples follow.
func (e *exposition) family(name, kind, help string) {
	e.name = name
	e.WriteString("# HELP " + name + " " + helpEscapes.Replace(help) + "\n# TYPE " + name + " " + kind + "\n")
}

// sample adds a value of the family, with the name and the value of a label, if
// there is one.
func (e *exposition) sample(value float64, label ...string) {
	e.WriteString(e.name)
	if len(label) == 2 {
		e.WriteString("{" + label[0] + `="` + labelEscapes.Replace(label[1]) + `"}`)
	}
	e.WriteString(" " + strconv.FormatFloat(value, 'f', -1, 64) + "\n")
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)
