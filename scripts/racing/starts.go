package main

import (
	"go/ast"
)

// starters are the methods and functions that run something on a goroutine of its own:
// those of sync.WaitGroup and errgroup.Group, of time and context, and of testing.
var starters = map[string]bool{"Go": true, "TryGo": true, "AfterFunc": true, "Parallel": true, "RunParallel": true}

// starts says whether a file starts a goroutine: by a go statement, or by a call of a
// starter, whoever's it is.
func starts(f *ast.File) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && starters[s.Sel.Name] {
				found = true
			}
		}
		return !found
	})
	return found
}
