package main

import (
	"io"
	"os"

	"snapshotter/internal/atomicfile"
	"snapshotter/internal/configfile"
	"snapshotter/internal/terminal"
	"snapshotter/watch"
)

// watchAddCommand adds a rule to the configuration file.
type watchAddCommand struct {
	Model  string       `arg:"" help:"A glob of model IDs, or of the IDs to call."`
	Name   string       `help:"What to call the rule; without one it is made from what is watched."`
	Region []string     `placeholder:"GLOB" help:"Regions to call from; without one, every region."`
	Access watch.Access `placeholder:"KIND" help:"The manner of calling: on-demand, profile or any."`
	Within []string     `placeholder:"PLACE" help:"Places that the call must stay in: a boundary (EU), a geography (eu), a region or a glob."`
	Guard  bool         `help:"Guard the places: the rule is broken when any way may run outside them."`
	Note   string       `help:"Your own words, shown with the rule."`
}

func (c *watchAddCommand) Help() string {
	return `The rest of the file stays as it is, comments too. A service reads the file again on
SIGHUP.

Examples:
  snapshotter watch add 'anthropic.claude-opus-*' --region 'eu-*' --within EU --config snapshotter.yaml
  snapshotter watch add 'amazon.nova-pro-*' --within EU --guard --name nova-stays --config snapshotter.yaml`
}

func (c *watchAddCommand) Run(p *program) error {
	rule := watch.Rule{
		Name: c.Name, Model: c.Model, Regions: c.Region, Access: c.Access, Within: c.Within, Guard: c.Guard, Note: c.Note,
	}
	named, err := rule.Named()
	if err != nil {
		return usageError("%w", err)
	}
	if err := p.editConfig(func(data []byte, flags []string) ([]byte, error) {
		return configfile.AddRule(data, flags, rule)
	}); err != nil {
		return err
	}
	p.println("Added the rule %s to %s.", terminal.OneLine(named.Name), p.Config)
	return nil
}

// watchRemoveCommand removes a rule from the configuration file.
type watchRemoveCommand struct {
	Name string `arg:"" help:"The name of the rule, as snapshotter watch shows it."`
}

func (c *watchRemoveCommand) Help() string {
	return `The rest of the file stays as it is, comments too, but for those above the rule.

Examples:
  snapshotter watch remove nova-stays --config snapshotter.yaml`
}

func (c *watchRemoveCommand) Run(p *program) error {
	if err := p.editConfig(func(data []byte, flags []string) ([]byte, error) {
		return configfile.RemoveRule(data, flags, c.Name)
	}); err != nil {
		return err
	}
	p.println("Removed the rule %s from %s.", terminal.OneLine(c.Name), p.Config)
	return nil
}

// editConfig replaces the configuration file by what edit makes of it.
func (p *program) editConfig(edit func(data []byte, flags []string) ([]byte, error)) error {
	if p.Config == "" {
		return usageError("name the file to edit: --config FILE")
	}
	data, err := os.ReadFile(p.Config)
	if err != nil {
		return err
	}
	if data, err = edit(data, flagNames(p.grammar())); err != nil {
		return usageError("configuration file %s: %w", p.Config, err)
	}
	return atomicfile.WriteTo(p.Config, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// warnOpen warns of the rules that leave open if they guard.
func (p *program) warnOpen() {
	for _, name := range p.open {
		p.log.Warn("a watch rule names places and neither access nor guard: it waits for one way inside them, and does not guard them as earlier versions did",
			"rule", terminal.OneLine(name), "advice", "write guard: true or guard: false")
	}
}
