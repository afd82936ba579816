package configfile

// Nearest returns the known word that is the fewest edits away from word, or "" if
// none is close.
func Nearest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	for _, candidate := range known {
		if max(len(word)-len(candidate), len(candidate)-len(word)) >= distance {
			continue // at least that many edits; a word from outside may be of any length
		}
		if d := edits(word, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// edits returns the Levenshtein distance between two words.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
