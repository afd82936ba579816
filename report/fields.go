package report

import (
	"strings"

	"snapshotter/diff"
)

var fieldWords = map[diff.Field]string{
	diff.FieldName:             "name",
	diff.FieldProvider:         "provider",
	diff.FieldDescription:      "description",
	diff.FieldStatus:           "status",
	diff.FieldLifecycle:        "lifecycle status",
	diff.FieldStartOfLife:      "start of life",
	diff.FieldLegacy:           "legacy from",
	diff.FieldExtendedAccess:   "price may rise from",
	diff.FieldEndOfLife:        "EOL",
	diff.FieldInputModalities:  "input modalities",
	diff.FieldOutputModalities: "output modalities",
	diff.FieldInferenceTypes:   "inference types",
	diff.FieldCustomizations:   "customizations",
	diff.FieldStreaming:        "streaming",
	diff.FieldDestinations:     "destinations",
}

// fieldGroups joins field changes that are the same in several regions.
func fieldGroups(group []piece) []FieldGroup {
	var groups []FieldGroup
	for _, same := range alike(group, func(p piece) string {
		f := p.field
		return strings.Join([]string{
			string(f.Field), f.Old, f.New, strings.Join(f.OldSet, "\x01"), strings.Join(f.NewSet, "\x01"), string(f.Said),
		}, "\x00")
	}) {
		groups = append(groups, FieldGroup{*same[0].field, regionsOf(same)})
	}
	return groups
}

// FieldGroup is a change of one field, the same in Regions.
type FieldGroup struct {
	diff.FieldChange
	Regions []string `json:"regions"`
}
