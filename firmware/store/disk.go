package store

import (
	"fmt"
	"os"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// A disk writes to one file. It belongs to one goroutine.
type disk struct {
	db      *bbolt.DB
	on      format // what is there
	version uint64 // of the Store, that is there
}

// newDisk takes over f, which is open, locked, and either whole or empty.
func newDisk(f *os.File, on format) (d *disk, err error) {
	d = &disk{on: on}
	err = guard(func() (err error) {
		d.db, err = bbolt.Open(f.Name(), 0o600, &bbolt.Options{
			OpenFile: func(string, int, os.FileMode) (*os.File, error) { return f, nil },
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// guard runs f and turns a panic into an error. bbolt panics on what it cannot make sense
// of; reading a mapped page from a bad sector is a fault, which is a panic as well here.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = damaged("%v", p)
		}
	}()
	return f()
}

// write brings the file to c in one transaction, which is synced when it returns.
func (d *disk) write(c content) error {
	to := c.format
	err := guard(func() error {
		return d.db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(bucketName)
			if err != nil {
				return err
			}
			for n := d.on.First; n <= d.on.Last && n > 0 && n < to.First; n++ {
				if err := b.Delete(callKey(n)); err != nil {
					return err
				}
			}
			for n := max(to.First, d.on.Last+1); n <= to.Last; n++ {
				if err := put(b, callKey(n), c.calls[n-to.First]); err != nil {
					return err
				}
			}
			if to.Saved {
				if err := put(b, keySaved, c.saved); err != nil {
					return err
				}
			}
			if to.Texts {
				if err := put(b, keyTexts, c.texts); err != nil {
					return err
				}
			}
			switch {
			case to.Refusals:
				err = put(b, keyRefusals, c.refusals)
			case d.on.Refusals:
				err = b.Delete(keyRefusals)
			}
			if err != nil {
				return err
			}
			return put(b, keyFormat, to)
		})
	})
	if err != nil {
		return fmt.Errorf("store: write: %w", err)
	}
	d.on = to
	return nil
}

func put(b *bbolt.Bucket, key []byte, v any) error {
	packed, err := pack(key, v)
	if err != nil {
		return err
	}
	return b.Put(key, packed)
}

func (d *disk) close() error { return guard(d.db.Close) }
