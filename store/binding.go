package store

import (
	"bytes"
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
)

// Owner is what a history belongs to. Lists of another partition or account would
// look like removals.
type Owner struct {
	Partition string
	Account   string // account ID, "" if it is not known
}

// OwnerError means that a history belongs to another partition or account.
type OwnerError struct {
	Partition string // the history's, "" if the account differs
	Other     string // the partition of the credentials
}

func (e *OwnerError) Error() string {
	if e.Partition != "" {
		return fmt.Sprintf("the history belongs to partition %s, and the credentials are for %s", e.Partition, e.Other)
	}
	return "the history belongs to another account than the credentials"
}

// Advice says how to go on.
func (e *OwnerError) Advice() string {
	if e.Partition != "" {
		return "set AWS_REGION to a region of that partition, or give another --db"
	}
	return "use the credentials of that account, or give another --db; to go on with this account, add --accept-account"
}

// CheckOwner returns an [*OwnerError] if the history belongs to another partition
// or account. What is not known on either side matches.
func (s *Store) CheckOwner(ctx context.Context, owner Owner) (err error) {
	defer s.explain("check the owner of", &err)
	bound, err := s.binding(ctx)
	switch {
	case err != nil:
		return err
	case bound.partition != "" && bound.partition != owner.Partition:
		return &OwnerError{Partition: bound.partition, Other: owner.Partition}
	case bound.account == nil || owner.Account == "":
		return nil
	}
	hash, err := hashAccount(owner.Account, bound.salt)
	if err == nil && !bytes.Equal(hash, bound.account) {
		err = &OwnerError{}
	}
	return err
}

// By makes owner the owner of the history, together with the run. An account that is
// not known leaves the one before. Only a salted hash of the account is kept.
func By(owner Owner) RecordOption { return func(r *recording) { r.owner = &owner } }

// bind is what to write of an owner; nil changes nothing.
type bind struct {
	partition     string
	salt, account []byte
}

// bindingFor returns what to write so that the history belongs to owner. It hashes,
// which takes a while, outside the transaction.
func (s *Store) bindingFor(ctx context.Context, owner Owner) (*bind, error) {
	bound, err := s.binding(ctx)
	if err != nil {
		return nil, err
	}
	if bound.salt != nil && bound.partition == owner.Partition {
		if owner.Account == "" {
			return nil, nil
		}
		if hash, err := hashAccount(owner.Account, bound.salt); err != nil || bytes.Equal(hash, bound.account) {
			return nil, err
		}
	}
	write := &bind{partition: owner.Partition, salt: make([]byte, 16)}
	rand.Read(write.salt)
	if owner.Account != "" {
		write.account, err = hashAccount(owner.Account, write.salt)
	}
	return write, err
}

func (b *bind) write(ctx context.Context, tx *sql.Tx) error {
	if b == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO binding (id, partition, salt, account_hash) VALUES (1, ?1, ?2, ?3)
		ON CONFLICT (id) DO UPDATE SET partition = ?1,
			salt = iif(?3 IS NULL, salt, ?2), account_hash = coalesce(?3, account_hash)`, b.partition, b.salt, b.account)
	return err
}

// binding is what a history is bound to.
type binding struct {
	partition     string
	salt, account []byte
}

// binding reads it; a history of an older version is bound to the partition of its
// last run.
func (s *Store) binding(ctx context.Context) (b binding, err error) {
	err = s.queryRow(ctx, `SELECT partition, salt, account_hash FROM binding`, nil, &b.partition, &b.salt, &b.account)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.queryRow(ctx, `SELECT partition FROM runs WHERE ordinal NOT NULL ORDER BY id DESC LIMIT 1`, nil, &b.partition)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return b, err
}

// hashAccount derives a hash that is slow to reverse: there are only 10^12 account
// IDs to try.
func hashAccount(account string, salt []byte) ([]byte, error) {
	return pbkdf2.Key(sha256.New, account, salt, 10_000, sha256.Size)
}
