package sip

import "sync"

// A lane runs jobs one after the other, in order, on a goroutine that lives only while
// there are any. The zero lane is not usable: tasks counts its goroutine.
type lane struct {
	tasks *sync.WaitGroup

	mu   sync.Mutex
	jobs []func()
	busy bool
}

// do appends a job. It never blocks.
func (l *lane) do(job func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jobs = append(l.jobs, job)
	if !l.busy {
		l.busy = true
		l.tasks.Go(l.run)
	}
}

func (l *lane) run() {
	for {
		l.mu.Lock()
		if len(l.jobs) == 0 {
			l.busy, l.jobs = false, nil
			l.mu.Unlock()
			return
		}
		job := l.jobs[0]
		l.jobs = l.jobs[1:]
		l.mu.Unlock()
		job()
	}
}
