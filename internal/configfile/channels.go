package configfile

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"snapshotter/catalog"
	"snapshotter/diff"
	"snapshotter/notify"
)

// Channel is a channel that hears of a part only: of some regions or models, or of
// other significance, or at other days.
type Channel struct {
	URL                                        string
	At                                         diff.Significance // "" is as --notify-at
	Regions, ExcludeRegions, Models, Providers []string
	Remind                                     string // as --remind; "" is like that
}

var channelKeys = []string{"url", "at", "region", "exclude-region", "model", "provider", "remind"}

// channels reads the value of notify: URLs, which are the flag's value, nil if there is
// none, and mappings.
func channels(node *yaml.Node) (flag any, apart []Channel, err error) {
	if node.Kind != yaml.SequenceNode {
		flag, err = flagValue(node)
		return flag, nil, err
	}
	var urls []any
	for _, element := range node.Content {
		element = followed(element)
		switch element.Kind {
		case yaml.ScalarNode:
			urls = append(urls, element.Value)
		case yaml.MappingNode:
			channel, err := channelOf(element)
			if err != nil {
				return nil, nil, err
			}
			apart = append(apart, channel)
		default:
			return nil, nil, errors.New("expected a list of URLs, or of keys and values such as \"url: slack://…\"")
		}
	}
	if len(urls) > 0 || len(apart) == 0 {
		flag = append([]any{}, urls...)
	}
	return flag, apart, nil
}

func channelOf(node *yaml.Node) (c Channel, err error) {
	err = eachKey(node, channelKeys, func(key string, value *yaml.Node) (err error) {
		switch key {
		case "url":
			c.URL, err = wordOf(value)
		case "at":
			var word string
			word, err = wordOf(value)
			c.At = diff.Significance(word)
		case "remind":
			c.Remind, err = wordOf(value)
		case "region":
			c.Regions, err = wordsOf(value)
		case "exclude-region":
			c.ExcludeRegions, err = wordsOf(value)
		case "model":
			c.Models, err = wordsOf(value)
		case "provider":
			c.Providers, err = wordsOf(value)
		}
		return at(value, key, err)
	})
	if err == nil {
		err = at(node, notifyKey, c.check())
	}
	return c, err
}

// check repeats no URL, which holds secrets.
func (c Channel) check() error {
	if c.URL == "" {
		return errors.New("a channel needs a url")
	}
	channel, err := notify.Parse(c.URL)
	if err != nil {
		return err
	}
	if channel.Pings() {
		return errors.New("a check hears of every run: give its URL alone")
	}
	if c.At != "" && !slices.Contains(diff.Significances(), c.At) {
		return fmt.Errorf("at %q is not one of breaking, notice, good, minor", c.At)
	}
	if c.Remind != "" {
		if _, err := notify.ParseReminders(c.Remind); err != nil {
			return fmt.Errorf("remind: %w", err)
		}
	}
	for _, glob := range slices.Concat(c.Regions, c.ExcludeRegions, c.Models, c.Providers) {
		if _, err := path.Match(glob, ""); err != nil {
			return &catalog.GlobError{Glob: glob}
		}
	}
	return nil
}
