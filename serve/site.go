package serve

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"snapshotter/catalog"
	"snapshotter/job"
	"snapshotter/report"
	"snapshotter/site"
	"snapshotter/store"
)

// published is the site of one recorded run, with the files that were asked for.
type published struct {
	of       int64
	settings *Settings
	site     *site.Site
	files    map[string]*file
	size     int
}

// file is a file of the site as it is sent.
type file struct {
	plain, zipped []byte
	tag           string // of the content
}

// cached is how many bytes of files are kept. Beyond that all are made again.
const cached = 64 << 20

// latestSite returns the site of the newest recorded run, which is made once. Files are
// made when they are first asked for.
func (p *Pages) latestSite(ctx context.Context, settings *Settings) (now *published, err error) {
	p.siteMu.Lock()
	defer p.siteMu.Unlock()
	err = settings.Read(ctx, func(db *store.Store) error {
		head, err := db.Latest(ctx, 0)
		if err != nil {
			return err
		}
		if p.site != nil && p.site.of == head.ID && p.site.settings == settings {
			return nil
		}
		made, err := job.NewSite(ctx, db, settings.Rules.Replacements, site.Options{})
		if err != nil {
			return err
		}
		made.Report = func(ctx context.Context, head catalog.Run) (made *report.Report, err error) { // db will be closed
			return made, settings.Read(ctx, func(db *store.Store) error {
				made, err = job.ReportOf(ctx, db, head, job.Rules{Replacements: settings.Rules.Replacements})
				return err
			})
		}
		p.site = &published{of: head.ID, settings: settings, site: made, files: map[string]*file{}}
		return nil
	})
	return p.site, err
}

// fileOf returns a file of the site.
func (p *Pages) fileOf(ctx context.Context, now *published, name string) (*file, error) {
	p.siteMu.Lock()
	known := now.files[name]
	p.siteMu.Unlock()
	if known != nil {
		return known, nil
	}
	data, err := now.site.File(ctx, name)
	if err != nil {
		return nil, err
	}
	made := newFile(data)
	p.siteMu.Lock()
	defer p.siteMu.Unlock()
	if now.size += len(made.plain) + len(made.zipped); now.size > cached {
		now.files, now.size = map[string]*file{}, len(made.plain)+len(made.zipped)
	}
	now.files[name] = made
	return made, nil
}

func newFile(data []byte) *file {
	sum := sha256.Sum256(data)
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	writer.Write(data) // to memory: never an error
	writer.Close()
	return &file{plain: data, zipped: zipped.Bytes(), tag: hex.EncodeToString(sum[:12])}
}

// show shows the site: the newest run's, whatever the address.
func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	now, err := p.latestSite(ctx, p.Settings())
	if _, none := errors.AsType[*store.NoRunError](err); none {
		answer(w, http.StatusNotFound, "no run is recorded yet")
		return
	} else if err != nil {
		p.unreadable(w, r, err)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if to := now.moved(name); to != "" {
		w.Header().Set("Vary", "Accept")
		relative(w, r, to)
		return
	}
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	w.Header().Set("Vary", "Accept, Accept-Encoding")
	if strings.HasSuffix(name, "/index.html") || name == "index.html" {
		name = now.variant(name, r.Header.Get("Accept"))
	}
	if !now.site.Has(name) {
		if now.site.Has(name + "/index.html") {
			relative(w, r, path.Base(name)+"/")
			return
		}
		p.lost(w, now, name)
		return
	}
	f, err := p.fileOf(ctx, now, name)
	if err != nil {
		p.unreadable(w, r, err)
		return
	}
	p.send(w, r, now, name, f)
}

// moved is where an address of reports leads, "" for another.
func (now *published) moved(name string) string {
	rest, found := strings.CutPrefix(name, "reports/")
	if !found && name != "reports" {
		return ""
	}
	stem := strings.TrimSuffix(rest, path.Ext(rest))
	for _, format := range report.Formats() {
		if strings.HasSuffix(rest, format.Extension) && now.site.Has("changes/"+stem+"/report"+format.Extension) {
			return "../changes/" + stem + "/report" + format.Extension
		}
	}
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".html")
	switch {
	case name == "reports":
		return "changes/"
	case rest == "":
		return "../changes/"
	case now.site.Has("changes/" + rest + "/index.html"):
		return strings.Repeat("../", strings.Count(name, "/")) + "changes/" + rest + "/"
	}
	return ""
}

// relative redirects to an address that is relative to the one that was asked for, so
// that it also holds behind a path that a proxy takes off.
func relative(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusFound)
}

// variant returns the file that says the same as a page in the format that is asked
// for.
func (now *published) variant(page, accept string) string {
	offers := map[string]string{"text/html": page}
	folder := strings.TrimSuffix(page, "index.html")
	switch parts := strings.Split(folder, "/"); {
	case page == "index.html":
		newest := "changes/" + catalog.FileTime(now.site.Run().StartedAt) + "/report"
		offers["text/markdown"], offers["application/json"] = newest+".md", newest+".json"
	case len(parts) == 3 && parts[0] == "changes":
		offers["text/markdown"], offers["application/json"] = folder+"report.md", folder+"report.json"
	case len(parts) == 3 && parts[0] == "models":
		offers["application/json"] = "api/v1/models/" + parts[1] + ".json"
	case len(parts) == 2:
		offers["application/json"] = "api/v1/" + parts[0] + ".json"
	}
	for _, wanted := range preferred(accept) {
		if name := offers[wanted]; now.site.Has(name) {
			return name
		}
		if wanted == "*/*" || wanted == "text/*" {
			break
		}
	}
	return page
}

// preferred are the media types of an Accept header, the most wanted first.
func preferred(accept string) []string {
	type offer struct {
		name   string
		weight float64
	}
	var offers []offer
	for _, part := range strings.Split(accept, ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, err := strconv.ParseFloat(parameters["q"], 64)
		if err != nil {
			q = 1
		}
		at := 0
		for at < len(offers) && offers[at].weight >= q {
			at++
		}
		if q > 0 {
			offers = append(offers[:at:at], append([]offer{{name, q}}, offers[at:]...)...)
		}
	}
	var names []string
	for _, o := range offers {
		names = append(names, o.name)
	}
	return names
}

// policy is that of the pages themselves, and keeps them out of frames.
const policy = site.Policy + "; frame-ancestors 'none'"

func protect(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", policy)
	header.Set("Cache-Control", "no-cache")
}

// send sends a file, or that it is the one that the client has.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, now *published, name string, f *file) {
	header := w.Header()
	protect(header)
	header.Set("Content-Type", site.MediaType(name))
	content, tag := f.plain, f.tag
	if accepts(r.Header.Get("Accept-Encoding"), "gzip") && len(f.zipped) < len(f.plain) {
		content, tag = f.zipped, tag+"-gzip"
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// accepts reports whether an Accept-Encoding header allows a coding.
func accepts(header, coding string) bool {
	for _, part := range strings.Split(header, ",") {
		name, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(rest, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && weight > 0
	}
	return false
}

// lost answers that there is no such page.
func (p *Pages) lost(w http.ResponseWriter, now *published, name string) {
	page, err := now.site.NotFound(name)
	if err != nil {
		p.Failed("/404.html", err)
		answer(w, http.StatusNotFound, "there is no such page")
		return
	}
	protect(w.Header())
	w.Header().Set("Content-Type", site.MediaType("404.html"))
	w.WriteHeader(http.StatusNotFound)
	w.Write(page)
}
