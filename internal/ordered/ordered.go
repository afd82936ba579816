// Package ordered groups values in a fixed order. It guarantees that the result
// depends on the order of the values alone, never on that of a map.
package ordered

// Group holds the values that share a key, in their order.
type Group[K comparable, V any] struct {
	Key    K
	Values []V
}

// By groups values by key, in the order in which each key first appears.
func By[K comparable, V any](values []V, key func(V) K) []Group[K, V] {
	var groups []Group[K, V]
	at := map[K]int{}
	for _, v := range values {
		k := key(v)
		i, found := at[k]
		if !found {
			i = len(groups)
			at[k] = i
			groups = append(groups, Group[K, V]{Key: k})
		}
		groups[i].Values = append(groups[i].Values, v)
	}
	return groups
}
