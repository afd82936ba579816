package store

import (
	"context"
	"database/sql"
)

// each calls use for every row of a query's result, and closes it.
func each(rows *sql.Rows, err error, use func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// scanAll reads every row of a query's result; nil if there is none.
func scanAll[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	var all []T
	err = each(rows, err, func(rows *sql.Rows) error {
		value, err := scan(rows)
		all = append(all, value)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// scanText reads a row of one text column.
func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}

// query runs a statement that is prepared once for the life of the store.
func (s *Store) query(ctx context.Context, query string, arguments ...any) (*sql.Rows, error) {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, arguments...)
}

func (s *Store) queryRow(ctx context.Context, query string, arguments []any, into ...any) error {
	statement, err := s.prepared(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, arguments...).Scan(into...)
}

func (s *Store) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, known := s.statements[query]; known {
		return statement, nil
	}
	statement, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = statement
	return statement, nil
}
