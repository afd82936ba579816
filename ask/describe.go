package ask

import (
	"cmp"
	"fmt"
	"slices"
	"snapshotter/catalog"
	"snapshotter/diff"
	"strings"
	"time"
)

// Describe says in a few words what happened, except to fields.
func Describe(change diff.Change) string {
	switch change.Kind {
	case diff.PathGained, diff.PathLost:
		verb := map[diff.Kind]string{diff.PathGained: "gained", diff.PathLost: "lost"}[change.Kind]
		if change.Path.Access == catalog.ViaProfile {
			return verb + " " + change.Path.ModelID
		}
		return verb + " " + string(change.Path.Access)
	case diff.Reappeared:
		return fmt.Sprintf("reappeared (found gone by run %d)", change.Absent.ID)
	}
	return strings.ReplaceAll(string(change.Kind), "-", " ")
}

// DescribeField says in a few words what happened to a field.
func DescribeField(field diff.FieldChange) string {
	name := strings.ReplaceAll(strings.TrimPrefix(string(field.Field), "lifecycle."), "_", " ")
	switch {
	case field.OldSet != nil || field.NewSet != nil:
		return name + " " + describeSets(field.OldSet, field.NewSet)
	case field.Said == diff.Published:
		return name + " now published: " + shown(field.New)
	case field.Said == diff.Withdrawn:
		return name + " no longer published: " + shown(field.Old)
	case field.Field == diff.FieldDescription:
		return name + " reworded" // the words are too long for a table
	}
	return name + " " + shown(field.Old) + " → " + shown(field.New)
}

func describeSets(old, new []string) string {
	var parts []string
	for _, value := range new {
		if !slices.Contains(old, value) {
			parts = append(parts, "+"+value)
		}
	}
	for _, value := range old {
		if !slices.Contains(new, value) {
			parts = append(parts, "-"+value)
		}
	}
	return cmp.Or(strings.Join(parts, " "), "now published as empty")
}

// shown shortens a time to its date.
func shown(value string) string {
	if t, err := time.Parse(time.RFC3339Nano, value); err == nil {
		return t.Format(time.DateOnly)
	}
	return value
}
