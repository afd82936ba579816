package main

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"snapshotter/lake"
	"snapshotter/site"
)

// parserOf returns a parser for a command line: of one command alone if the first
// argument names it, because the grammar of all takes half of the time that a
// command takes to start.
func (p *program) parserOf(ctx context.Context, args []string, commands *commands, settings *settings) (*kong.Kong, error) {
	whole := slices.Contains([]string{"help", "complete"}, args[0]) // explain the others
	if command := commands.named(args[0]); command != nil && !whole {
		return p.newParser(ctx, settings, &commands.shared, command)
	}
	return p.parser(ctx, commands, settings)
}

// named returns the option that adds a command to a grammar, nil if there is no
// such command.
func (c *commands) named(name string) kong.Option {
	fields := reflect.ValueOf(c).Elem()
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if _, command := field.Tag.Lookup("cmd"); command && strings.ToLower(field.Name) == name {
			return kong.DynamicCommand(name, field.Tag.Get("help"), "", fields.Field(i).Addr().Interface())
		}
	}
	return nil
}

// parser returns a parser for all commands.
func (p *program) parser(ctx context.Context, commands *commands, settings *settings) (*kong.Kong, error) {
	return p.newParser(ctx, settings, commands)
}

func (p *program) wholeGrammar(ctx context.Context) *kong.Application {
	parser, err := p.parser(ctx, &commands{}, &settings{getenv: p.getenv})
	if err != nil {
		panic(err) // the grammar is always the same
	}
	return parser.Model
}

func (p *program) newParser(ctx context.Context, settings *settings, grammar any, more ...kong.Option) (*kong.Kong, error) {
	return kong.New(grammar, append(more,
		kong.Name("snapshotter"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(finished{code}) }),
		reportFormats(), kong.Vars{"authority": site.DefaultAuthority, "history": lake.DefaultHistory, "kinds": strings.Join(allAccountKinds(), ",")},
		kong.Resolvers(settings),
		kong.Bind(p),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)...)
}

// kongError turns kong's errors into usage errors that name the help to read.
func kongError(err error) error {
	usage, ok := errors.AsType[*kong.ParseError](err)
	if !ok {
		return err
	}
	help := "snapshotter --help"
	if node := usage.Context.Selected(); node != nil {
		help = node.FullPath() + " --help"
	}
	if strings.HasSuffix(err.Error(), "?") {
		return usageError("%w See %s", err, help)
	}
	return usageError("%w. See %s", err, help)
}

// helpCommand implements `snapshotter help COMMAND`, the same as COMMAND --help.
type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain."`
}

func (c *helpCommand) Help() string {
	return `Examples:
  snapshotter help where
  snapshotter help notify test`
}

func (c *helpCommand) Run(parser *kong.Kong) error {
	_, err := parser.Parse(append(c.Command, "--help"))
	return kongError(err)
}
