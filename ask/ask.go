// Package ask answers questions about the catalogue: where a model can be
// called and with which ID, since when, what happened to it, and which dates
// are ahead.
//
// It guarantees that an answer distinguishes absent from not observed: what
// rests on a list that the run did not read says when it was last confirmed. It
// refuses to fill gaps: if nothing says since when something holds, the answer
// says so. Answers are plain values, sorted and in UTC; the caller decides how
// to show them.
package ask
