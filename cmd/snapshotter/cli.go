package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"snapshotter/catalog"
	"snapshotter/internal/configfile"
	"snapshotter/internal/terminal"
	"snapshotter/schedule"
	"snapshotter/state"
	"snapshotter/watch"
)

// commands is the grammar of the command line. Every flag can also be set in
// the environment and in the configuration file: see settings.
type commands struct {
	shared `embed:""`

	Run        runCommand        `cmd:"" help:"Take a snapshot of every region and report what changed."`
	Serve      serveCommand      `cmd:"" help:"Do the same on a schedule, with the site, health and metrics over HTTP."`
	Demo       demoCommand       `cmd:"" help:"Run the whole job on sample data from a built-in Bedrock: no AWS, no setup."`
	Report     reportCommand     `cmd:"" help:"Write the report of what changed between two runs."`
	Diff       diffCommand       `cmd:"" help:"List what changed between two runs."`
	Runs       runsCommand       `cmd:"" help:"List the recorded runs, with their coverage."`
	Where      whereCommand      `cmd:"" help:"Show where a model can be called, and with which ID."`
	History    historyCommand    `cmd:"" help:"Show everything that ever happened to a model or a profile."`
	Models     modelsCommand     `cmd:"" help:"Show the foundation models, by region or against regions."`
	Profiles   profilesCommand   `cmd:"" help:"Show the inference profiles, and where their calls may run."`
	Regions    regionsCommand    `cmd:"" help:"Show the regions, how each was read, and what it offers."`
	Lifecycle  lifecycleCommand  `cmd:"" help:"Show the legacy, extended-access and end-of-life dates ahead."`
	Impact     impactCommand     `cmd:"" help:"Show which of the account's resources rest on a model that ends or is gone."`
	Kinds      kindsCommand      `cmd:"" help:"Show what one can pass as modelId, how to list it, and how many the account has."`
	Watch      watchCommand      `cmd:"" help:"Show, add and remove the watch rules in the configuration file."`
	Notify     notifyCommand     `cmd:"" help:"Test the notification channels."`
	Doctor     doctorCommand     `cmd:"" help:"Check everything that a run depends on."`
	Repair     repairCommand     `cmd:"" help:"Go back to a good run of a history that was altered."`
	Import     importCommand     `cmd:"" help:"Record AWS CLI output: one run for each dated folder."`
	Site       siteCommand       `cmd:"" help:"Write a static site: pages, feeds, calendars, badges, JSON."`
	Export     exportCommand     `cmd:"" help:"Write the catalogue as AWS CLI output or one table, or the history as Parquet files."`
	Completion completionCommand `cmd:"" help:"Print the completion script of a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"Complete a command line."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Help       helpCommand       `cmd:"" help:"Explain a command."`
}

// shared is what the grammar of a single command has beside it.
type shared struct {
	Common common `embed:""`
}

// common are the flags that every command has.
type common struct {
	Config    string `placeholder:"FILE" help:"Configuration file (YAML)."`
	DB        string `name:"db" placeholder:"FILE" default:"snapshotter.db" help:"Database: a file, or s3://bucket/key (${default})."`
	Color     string `enum:"auto,always,never" default:"auto" help:"Colour words by meaning: ${enum}; auto does on a terminal, unless NO_COLOR is set."`
	LogFormat string `enum:"text,json" default:"text" help:"Format of log lines: ${enum}."`
	Quiet     bool   `short:"q" help:"Log errors only, and print no progress."`
	Verbose   bool   `short:"v" help:"Log details."`
}

// Validate is called by kong.
func (c *common) Validate() error { return checkURL("--db", "a file", c.DB, state.Parse) }

// checkURL refuses a URL other than one of S3. Taken for a path, it would name a
// directory that nobody meant.
func checkURL(flag, local, name string, parse func(string) (state.Location, error)) error {
	if !isURL(name) {
		return nil
	}
	if !state.Remote(name) {
		return usageError("%s: give %s, or a URL of S3 (s3://bucket/key)", flag, local)
	}
	if _, err := parse(name); err != nil {
		return usageError("%s: %w", flag, err)
	}
	return nil
}

func isURL(path string) bool { return strings.Contains(path, "://") }

const description = `Records what Amazon Bedrock offers in every AWS region and reports what changed.

Every flag can also be set as SNAPSHOTTER_… in the environment (--log-format as
SNAPSHOTTER_LOG_FORMAT) and as a key of the configuration file (log-format: json).
A flag wins over the environment, and the environment over the file.`

// program is one execution of a command.
type program struct {
	machine
	common
	rules []watch.Rule
	open  []string // names of rules that leave open if they guard
	// replacements are the user's own, by the ID of the model that they replace.
	replacements map[string]string
	channels     []configfile.Channel      // that hear of a part only
	configured   bool                      // by a file that says something
	due          func() *schedule.Schedule // of the environment or the file, nil if neither has one
	grammar      func() *kong.Application  // of all commands, made when it is first needed
	log          *slog.Logger
	args         []string // as given
}

// finished is the panic that ends parsing after kong has printed help.
type finished struct{ code int }

// main parses the command line and runs the command.
func (p *program) main(ctx context.Context, args []string) (err error) {
	defer func() {
		switch done := recover().(type) {
		case nil:
		case finished:
			err = nil
			if done.code != exitOK {
				err = &codedError{code: exitUsage}
			}
		default:
			panic(done)
		}
	}()
	var commands commands
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case len(args) == 1 && args[0] == "--version":
		args = []string{"version"} // what people try first
	}
	parser, parsed, err := p.parse(ctx, args, &commands)
	if err != nil {
		return err
	}
	return parsed.Run(parser)
}

// parse reads the command line, the environment and the configuration file.
func (p *program) parse(ctx context.Context, args []string, commands *commands) (*kong.Kong, *kong.Context, error) {
	p.grammar = sync.OnceValue(func() *kong.Application { return p.wholeGrammar(ctx) })
	settings := &settings{getenv: p.getenv, grammar: p.grammar}
	parser, err := p.parserOf(ctx, args, commands, settings)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := parser.Parse(args)
	if err == nil {
		settings.load(parsed) // also if no flag needed it
	}
	p.LogFormat = settings.logFormat(args) // of the errors below
	if settings.err != nil {
		return nil, nil, usageError("%w", settings.err)
	}
	if err != nil {
		return nil, nil, kongError(err)
	}
	p.common, p.args = commands.Common, args
	p.rules, p.open, p.replacements, p.channels = settings.file.Watch, settings.file.Open, settings.file.Replacements, settings.channels
	p.configured = len(settings.file.Flags)+len(p.rules)+len(p.replacements)+len(settings.file.Channels) > 0
	p.due = settings.due
	p.log = p.logger()
	if p.adopt != nil {
		p.adopt(p.log, p.LogFormat == "json")
	}
	return parser, parsed, nil
}

// reread returns the program with its settings read again.
func (p *program) reread(ctx context.Context) (*program, *commands, error) {
	fresh := &program{machine: p.machine}
	var commands commands
	_, _, err := fresh.parse(ctx, p.args, &commands)
	return fresh, &commands, err
}

func (p *program) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: p.level(), ReplaceAttr: hide}
	if p.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}

// hide removes what is secret from an attribute of a log line.
func hide(_ []string, attribute slog.Attr) slog.Attr {
	switch value := attribute.Value; value.Kind() {
	case slog.KindString:
		attribute.Value = slog.StringValue(catalog.Hide(value.String()))
	case slog.KindAny:
		if _, isError := value.Any().(error); isError {
			attribute.Value = slog.StringValue(catalog.Hide(fmt.Sprint(value.Any())))
		}
	}
	return attribute
}

// level is the lowest level that is logged. A terminal shows the progress bar
// instead of informational lines.
func (p *program) level() slog.Level {
	switch {
	case p.Quiet:
		return slog.LevelError
	case p.Verbose:
		return slog.LevelDebug
	case terminal.IsTerminal(p.stderr) && p.LogFormat != "json":
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// println prints a line to stdout, unless --quiet is set.
func (p *program) println(format string, args ...any) {
	if !p.Quiet {
		fmt.Fprintln(p.stdout, terminal.Plain(fmt.Sprintf(format, args...)))
	}
}

// printWrapped prints text that is wrapped to fit the terminal.
func (p *program) printWrapped(format string, args ...any) {
	for _, line := range terminal.Wrap(terminal.Plain(fmt.Sprintf(format, args...)), p.width()) {
		p.println("%s", line)
	}
}

// colours reports whether words on stdout are coloured by meaning.
func (p *program) colours() bool {
	if p.Color == "auto" {
		return p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb" && terminal.IsTerminal(p.stdout)
	}
	return p.Color == "always"
}

// width is the width of the terminal that stdout goes to, or else the value of
// COLUMNS. 0 means that lines may be of any length.
func (p *program) width() int {
	if file, ok := p.stdout.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			return width
		}
	}
	width, err := strconv.Atoi(p.getenv("COLUMNS"))
	if err != nil || width < 0 {
		return 0
	}
	return width
}
