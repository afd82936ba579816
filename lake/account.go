package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"snapshotter/ask"
	"snapshotter/catalog"
)

// ResourceRun is a run whose rows in the tables of the account are whole.
type ResourceRun struct {
	ID        int64     `parquet:"id" doc:"the same as in runs"`
	StartedAt time.Time `parquet:"started_at,timestamp(millisecond)" doc:"when it started"`
}

// Resource is something of the account in a region.
type Resource struct {
	RunID         int64      `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt         time.Time  `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Region        string     `parquet:"region,dict" doc:"where it is"`
	Kind          string     `parquet:"kind,dict" doc:"such as application-inference-profile or agent"`
	ID            string     `parquet:"id,dict" doc:"the last part of its ARN"`
	Present       bool       `parquet:"present" doc:"false: it is no longer listed, and the columns that follow are NULL"`
	SinceRunID    int64      `parquet:"since_run_id" doc:"the run that first found this content, or that it is gone"`
	Name          *string    `parquet:"name,optional,dict" doc:"what the account calls it"`
	Status        *string    `parquet:"status,optional,dict" doc:"as AWS sends it"`
	Type          *string    `parquet:"type,optional,dict" doc:"how a model was customized, an architecture, or the type of a router"`
	Path          *string    `parquet:"path,optional,dict" doc:"the ARN without partition, region and account"`
	Bases         []Base     `parquet:"bases,optional,list" doc:"what it rests on; NULL where the list did not say"`
	CommitmentEnd *time.Time `parquet:"commitment_end,optional,timestamp(millisecond)" doc:"when the commitment to a provisioned throughput ends"`
	CreatedAt     *time.Time `parquet:"created_at,optional,timestamp(millisecond)" doc:"when it was made"`
	UpdatedAt     *time.Time `parquet:"updated_at,optional,timestamp(millisecond)" doc:"when it last changed"`
}

// Base is what a resource rests on; each part is empty where it is the usual one, as in
// the database.
type Base struct {
	Kind   string `parquet:"kind,dict"`
	Region string `parquet:"region,dict"`
	ID     string `parquet:"id,dict"`
	Role   string `parquet:"role,dict"`
}

// Impact is one harm to one resource.
type Impact struct {
	RunID        int64     `parquet:"run_id" doc:"the run that found this, or the first of its month"`
	RunAt        time.Time `parquet:"run_at,timestamp(millisecond)" doc:"when that run started"`
	Key          string    `parquet:"key" doc:"a hash of the columns below: what is the same in every run that finds it"`
	Present      bool      `parquet:"present" doc:"false: it holds no longer, and the columns that follow are NULL"`
	Harm         *string   `parquet:"harm,optional,dict" doc:"gone, uncallable, end-of-life, commitment, extended-access or legacy"`
	Date         *int32    `parquet:"date,optional,date" doc:"when; NULL where it has happened, or has no date"`
	Region       *string   `parquet:"region,optional,dict" doc:"where the resource is"`
	Kind         *string   `parquet:"kind,optional,dict" doc:"its kind"`
	ID           *string   `parquet:"id,optional,dict" doc:"its ID"`
	Name         *string   `parquet:"name,optional,dict" doc:"what the account calls it"`
	ThroughKinds []string  `parquet:"through_kinds,optional,list" doc:"the kinds of what lies between it and the model, from it on"`
	ThroughIDs   []string  `parquet:"through_ids,optional,list" doc:"their IDs"`
	Model        *string   `parquet:"model,optional,dict" doc:"the foundation model at the end; NULL if the chain breaks before"`
	ModelName    *string   `parquet:"model_name,optional,dict" doc:"its name"`
	ModelRegions []string  `parquet:"model_regions,optional,list" doc:"the regions of the model that the harm is in"`
	Missing      *string   `parquet:"missing,optional,dict" doc:"the ID that the chain breaks at"`
	Until        *int32    `parquet:"until,optional,date" doc:"when a commitment ends"`
	Replacement  *string   `parquet:"replacement,optional,dict" doc:"a model to move to, by rule; NULL if there is none"`
	PassInstead  []string  `parquet:"pass_instead,optional,list" doc:"the IDs of the replacement to pass as modelId in the region"`
}

func (r ResourceRun) run() catalog.RunRef { return catalog.RunRef{ID: r.ID, At: r.StartedAt} }
func (r Resource) run() catalog.RunRef    { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }
func (r Impact) run() catalog.RunRef      { return catalog.RunRef{ID: r.RunID, At: r.RunAt} }

func resourceRow(run catalog.RunRef, region string, since int64, r *catalog.Resource) Resource {
	row := Resource{
		RunID: run.ID, RunAt: run.At, Region: region, Kind: string(r.Kind()), ID: r.ID, Present: true, SinceRunID: since,
		Name: given(r.Name), Status: given(r.Status), Type: given(r.Type), Path: given(r.Path),
		CommitmentEnd: given(r.CommitmentEnd), CreatedAt: given(r.CreatedAt), UpdatedAt: given(r.UpdatedAt),
	}
	if r.Bases != nil {
		row.Bases = make([]Base, len(r.Bases))
		for i, b := range r.Bases {
			row.Bases[i] = Base{string(b.Kind), b.Region, b.ID, string(b.As)}
		}
	}
	return row
}

// addImpacts adds what harms the account's resources as of a run and did not before, and
// what no longer does. Some of it changes on a date alone.
func (r *replay) addImpacts(run catalog.Run, rows, gone *Rows) {
	now := r.impactsOf(run)
	for key, impact := range now {
		if _, before := r.impacts[key]; !before {
			rows.Impacts = append(rows.Impacts, impact)
		}
	}
	for key := range r.impacts {
		if _, still := now[key]; !still {
			gone.Impacts = append(gone.Impacts, Impact{RunID: run.ID, RunAt: run.StartedAt, Key: key})
		}
	}
	r.impacts = now
}

// impactsOf are the impacts as of a run, on its day, by key.
func (r *replay) impactsOf(run catalog.Run) map[string]Impact {
	found := map[string]Impact{}
	if !slices.ContainsFunc(r.account.Scopes, func(scope catalog.ScopeState) bool { return len(scope.Items) > 0 }) {
		return found
	}
	r.snapshot.Run = run
	for _, impact := range ask.NewDirectory(&r.snapshot).Impacts(ask.Impacted{
		Resources: &r.account, Today: run.StartedAt, Replacements: r.source.Replacements,
		Was: func(model string) *catalog.FoundationModel { return r.source.Was(model, run.ID) },
	}) {
		row := impactRow(impact)
		row.RunID, row.RunAt = run.ID, run.StartedAt
		found[row.Key] = row
	}
	return found
}

// impactRow is an impact as a row without a run.
func impactRow(i ask.Impact) Impact {
	row := Impact{
		Present: true, Harm: given(string(i.Harm)), Date: dayOf(i.Date), Region: given(i.Region), Kind: given(string(i.Kind)), ID: given(i.ID), Name: given(i.Name),
		ThroughKinds: []string{}, ThroughIDs: []string{}, Model: given(i.Model), ModelName: given(i.ModelName), ModelRegions: i.In, Until: dayOf(i.Until),
	}
	for _, base := range i.Through {
		row.ThroughKinds, row.ThroughIDs = append(row.ThroughKinds, string(base.Kind)), append(row.ThroughIDs, base.ID)
	}
	if i.Missing != nil {
		row.Missing = &i.Missing.ID
	}
	if i.Replacement != nil {
		row.Replacement = &i.Replacement.Model
		for _, way := range i.Replacement.Ways {
			row.PassInstead = append(row.PassInstead, way.ID)
		}
	}
	text, _ := json.Marshal(row) // nothing in it can fail
	sum := sha256.Sum256(text)
	row.Key = hex.EncodeToString(sum[:12])
	return row
}

// dayOf is a date as Parquet has it, nil for "".
func dayOf(date string) *int32 {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	return dateOf(at)
}
