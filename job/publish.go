package job

import (
	"context"
	"sync"

	"snapshotter/site"
	"snapshotter/state"
)

// uploads is how many files are written to S3 at once.
const uploads = 16

// Publish writes a site to a folder in S3, and returns how many files it wrote: what is
// there already stays as it is. Content comes first and the first page last, so that
// no page that readers find leads to one that is not there yet; then what the site no
// longer has is removed, except for reports. Nobody else may publish there meanwhile.
func Publish(ctx context.Context, s *site.Site, folder *state.Folder) (written int, err error) {
	before, err := folder.Published(ctx)
	if err != nil {
		return 0, err
	}
	now := state.Published{}
	var mu sync.Mutex
	put := func(name string, data []byte) error {
		sum := state.Hash(data)
		mu.Lock()
		now[name] = sum
		same := before[name] == sum
		if !same {
			written++
		}
		mu.Unlock()
		if same {
			return nil
		}
		return folder.PutFile(ctx, name, data, site.MediaType(name), site.CacheControl(name))
	}
	for _, last := range []bool{false, true} {
		if err := s.Each(ctx, uploads, func(name string) bool { return last == (name == "index.html") }, put); err != nil {
			return written, err
		}
	}
	for name, sum := range before {
		if now[name] != "" {
			continue
		}
		if s.Permanent(name) {
			now[name] = sum
		} else if err := folder.RemoveFile(ctx, name); err != nil {
			return written, err
		}
	}
	return written, folder.SetPublished(ctx, now)
}
