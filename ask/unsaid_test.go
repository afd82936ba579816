package ask_test

import (
	"testing"

	"snapshotter/ask"
	"snapshotter/catalog"
	"snapshotter/internal/catalogtest"
)

// A model whose list does not say how it can be called is not one that cannot be.
func TestMatrixWhereTheListsDoNotSay(t *testing.T) {
	s := catalogtest.On(1, catalogtest.Models(1, "us-east-1", &catalog.FoundationModel{ID: "m"}, catalogtest.Model("n")), catalogtest.Profiles(1, "us-east-1"))
	entries := ask.Models(s)
	rows := ask.Matrix(s, entries)
	if !entries[0].Regions[0].Unsaid || rows[0][0].Marks[0] != ask.MarkUnobserved {
		t.Errorf("unsaid: %v", rows[0][0])
	}
	if entries[1].Regions[0].Unsaid || rows[1][0].Marks[0] != ask.MarkListed {
		t.Errorf("said: %v", rows[1][0])
	}
}
