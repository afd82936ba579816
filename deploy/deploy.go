// Package deploy holds the files that snapshotter is deployed with. It has no
// code of its own: its tests check what those files mean, and that each of many
// faults that could be made in them is found.
package deploy
