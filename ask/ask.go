// Package ask answers questions about the catalogue: where a model can be
// called and with which id, since when, what happened to it, and what lies
// ahead.
//
// It guarantees that an answer tells absent from not observed: what rests on a
// list that the run did not read says as of when it is known. It refuses to
// fill gaps: where nothing says since when something holds, it says so. Answers
// are plain values, sorted and in UTC; how they are shown is the caller's.
package ask
