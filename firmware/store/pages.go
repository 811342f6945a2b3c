package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
)

// bbolt maps its file and trusts every number in it: a damaged page makes it panic, fault
// or hand out other keys than were put. So before bbolt sees a file, it is walked here,
// each offset checked:
//
//	page    id u64 | flags u16 | count u16 | overflow u32 | elements, keys, values
//	meta    magic u32 | version u32 | page size u32 | flags u32 | root u64 | sequence u64
//	        | freelist u64 | pages u64 | transaction u64 | FNV-1a of the 56 bytes before
//	leaf    flags u32 | offset u32 | key size u32 | value size u32, for each element
//	branch  offset u32 | key size u32 | page u64, for each element
//
// Numbers are in the order of the machine; all that Offhook runs on are little-endian.

const (
	pageHeader = 16
	metaSize   = 64
	magic      = 0xED0CDAED
	flagBranch = 0x01
	flagLeaf   = 0x02
	flagFree   = 0x10
	bucketLeaf = 0x01
	maxDepth   = 16
	maxPage    = 1 << 16
)

var (
	errDamaged = errors.New("damaged")
	le         = binary.LittleEndian
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
}

// A walk is over one file's bytes.
type walk struct {
	b     []byte
	size  uint64 // of a page
	pages uint64
	used  map[uint64]bool
	// visit gets each key and value of the bucket that is called name.
	visit func(name, key, value []byte) error
}

type meta struct {
	size, root, free, pages, txid uint64
}

// metaAt reads a meta page's body.
func metaAt(b []byte, at uint64) (m meta, ok bool) {
	if at+pageHeader+metaSize > uint64(len(b)) {
		return m, false
	}
	p := b[at+pageHeader:]
	sum := fnv.New64a()
	sum.Write(p[:metaSize-8])
	if le.Uint32(p) != magic || le.Uint32(p[4:]) != 2 || le.Uint64(p[56:]) != sum.Sum64() {
		return m, false
	}
	m = meta{uint64(le.Uint32(p[8:])), le.Uint64(p[16:]), le.Uint64(p[32:]), le.Uint64(p[40:]), le.Uint64(p[48:])}
	return m, m.size >= 1024 && m.size <= maxPage && m.size&(m.size-1) == 0
}

// metas finds the meta page that counts, and whether both were whole.
func metas(b []byte) (m meta, both bool, err error) {
	m0, ok0 := metaAt(b, 0)
	var m1 meta
	ok1 := false
	for size := uint64(1024); size <= maxPage && !ok1; size *= 2 {
		if m1, ok1 = metaAt(b, size); ok1 && m1.size != size {
			ok1 = false
		}
	}
	switch {
	case !ok0 && !ok1:
		return m, false, damaged("neither meta page is whole")
	case !ok1 || ok0 && m0.txid > m1.txid:
		return m0, ok0 && ok1, nil
	}
	return m1, ok0 && ok1, nil
}

// inspect walks a whole file. It reports whether its last transaction may be lost: one
// of the two meta pages is damaged, and the other is of an older transaction perhaps.
func inspect(b []byte, visit func(bucket, key, value []byte) error) (older bool, err error) {
	m, both, err := metas(b)
	if err != nil {
		return false, err
	}
	if m.pages < 3 || m.pages > uint64(len(b))/m.size {
		return false, damaged("%d pages of %d bytes do not fit into %d bytes", m.pages, m.size, len(b))
	}
	w := &walk{b: b, size: m.size, pages: m.pages, used: map[uint64]bool{0: true, 1: true}, visit: visit}
	if err := w.tree(m.root, nil, nil, nil, 0); err != nil {
		return false, err
	}
	if err := w.freelist(m.free); err != nil {
		return false, err
	}
	if n := uint64(len(w.used)); n != m.pages {
		return false, damaged("%d of %d pages are lost", m.pages-n, m.pages)
	}
	return !both, nil
}

// page is the bytes of a page with its overflow, which are used now.
func (w *walk) page(id uint64) (p []byte, flags, count int, err error) {
	if id < 2 || id >= w.pages {
		return nil, 0, 0, damaged("there is no page %d", id)
	}
	p = w.b[id*w.size:]
	over := uint64(le.Uint32(p[12:]))
	if le.Uint64(p) != id || over >= w.pages-id {
		return nil, 0, 0, damaged("page %d has a bad header", id)
	}
	for i := id; i <= id+over; i++ {
		if w.used[i] {
			return nil, 0, 0, damaged("page %d is used twice", i)
		}
		w.used[i] = true
	}
	p = p[:(over+1)*w.size]
	return p, int(le.Uint16(p[8:])), int(le.Uint16(p[10:])), nil
}

// tree walks the page and what is below; its keys must be from low (nil: any) up to, not
// including, high.
func (w *walk) tree(id uint64, name, low, high []byte, depth int) error {
	if depth > maxDepth {
		return damaged("too deep")
	}
	p, flags, count, err := w.page(id)
	switch {
	case err != nil:
		return err
	case flags == flagLeaf:
		return w.leaf(p, count, name, low, high, depth)
	case flags != flagBranch || count == 0:
		return damaged("page %d is neither leaf nor branch", id)
	}
	type child struct {
		key  []byte
		page uint64
	}
	children := make([]child, count)
	for i := range count {
		at := pageHeader + 16*i
		if at+16 > len(p) {
			return damaged("page %d has too many elements", id)
		}
		key, err := slice(p, at, le.Uint32(p[at:]), le.Uint32(p[at+4:]))
		if err != nil {
			return err
		}
		children[i] = child{key, le.Uint64(p[at+8:])}
		if err := ordered(key, low, high, i == 0); err != nil {
			return err
		}
		low = key
	}
	for i, c := range children {
		upper := high
		if i+1 < count {
			upper = children[i+1].key
		}
		if err := w.tree(c.page, name, c.key, upper, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// ordered checks that key lies from low up to high; low itself only when first.
func ordered(key, low, high []byte, first bool) error {
	c := bytes.Compare(key, low)
	if low != nil && (c < 0 || c == 0 && !first) || high != nil && bytes.Compare(key, high) >= 0 {
		return damaged("keys are out of order")
	}
	return nil
}

// leaf visits the elements of a leaf page, which may lie inline in a bucket's value.
func (w *walk) leaf(p []byte, count int, name, low, high []byte, depth int) error {
	for i := range count {
		at := pageHeader + 16*i
		if at+16 > len(p) {
			return damaged("a leaf has too many elements")
		}
		flags, off := le.Uint32(p[at:]), le.Uint32(p[at+4:])
		size := le.Uint32(p[at+8:])
		key, err := slice(p, at, off, size)
		if err != nil {
			return err
		}
		value, err := slice(p, at+int(off)+int(size), 0, le.Uint32(p[at+12:]))
		if err != nil {
			return err
		}
		if err := ordered(key, low, high, i == 0); err != nil {
			return err
		}
		low = key
		switch {
		case flags&bucketLeaf != 0 && name == nil:
			err = w.bucket(key, value, depth)
		case flags != 0 || name == nil:
			err = damaged("an element of no known kind")
		default:
			err = w.visit(name, key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucket walks a bucket of its own page, or one that lies inline.
func (w *walk) bucket(name, value []byte, depth int) error {
	if len(value) < 16 {
		return damaged("a bucket is too short")
	}
	if root := le.Uint64(value); root != 0 {
		return w.tree(root, name, nil, nil, depth+1)
	}
	p := value[16:]
	if len(p) < pageHeader || le.Uint16(p[8:]) != flagLeaf {
		return damaged("an inline bucket is no leaf")
	}
	return w.leaf(p, int(le.Uint16(p[10:])), name, nil, nil, depth+1)
}

// freelist checks that the free pages are free: a page both free and used would be
// written over.
func (w *walk) freelist(id uint64) error {
	p, flags, n, err := w.page(id)
	if err != nil {
		return err
	}
	if flags != flagFree {
		return damaged("page %d is no list of free pages", id)
	}
	ids := p[pageHeader:]
	if n == 0xffff {
		if uint64(len(ids)) < 8 || le.Uint64(ids) > w.pages {
			return damaged("the list of free pages is too long")
		}
		n, ids = int(le.Uint64(ids)), ids[8:]
	}
	if n > len(ids)/8 {
		return damaged("the list of free pages is too long")
	}
	for i := range n {
		free := le.Uint64(ids[8*i:])
		if free < 2 || free >= w.pages || w.used[free] {
			return damaged("page %d is free and used", free)
		}
		w.used[free] = true
	}
	return nil
}

// slice is size bytes of p at base+off.
func slice(p []byte, base int, off, size uint32) ([]byte, error) {
	start := uint64(base) + uint64(off)
	if end := start + uint64(size); end > uint64(len(p)) {
		return nil, damaged("an element ends beyond its page")
	}
	return p[start : start+uint64(size) : start+uint64(size)], nil
}
