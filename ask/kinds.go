package ask

import "snapshotter/catalog"

// KindRows says of each kind what one passes as modelId, and how many items of it are
// recorded as of the run of both snapshots, which are nil if there is none.
func KindRows(public, resources *catalog.Snapshot) []KindRow {
	var rows []KindRow
	for _, passing := range catalog.Passings() {
		row := KindRow{Passing: passing}
		for _, s := range []*catalog.Snapshot{public, resources} {
			if s != nil {
				row.count(s)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// count adds what a snapshot has of the kind. A region counts if it was ever read.
func (row *KindRow) count(s *catalog.Snapshot) {
	for _, state := range s.Scopes {
		if state.Kind != row.Kind {
			continue
		}
		if row.Recorded == nil {
			row.Recorded, row.Regions = new(int), new(int)
		}
		if state.Observed() {
			*row.Regions++
		}
		*row.Recorded += len(state.Items)
		if row.Example == "" && len(state.Items) > 0 {
			row.Example = passed(state.Items[0], state.Region)
		}
	}
}

// passed is what to pass to call an item of a region, "" if nothing calls it by itself.
func passed(item catalog.Item, region string) string {
	if r, ok := item.(*catalog.Resource); ok {
		if !r.Kind().Passed() {
			return ""
		}
		return r.ARN(region)
	}
	return item.Key()
}
