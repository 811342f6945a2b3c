package account

import (
	"reflect"
	"strings"
	"testing"
)

// A mark is another one exactly where Carry says that the account registers anew, whichever
// field differs; and nobody reads the password in it.
func TestMark(t *testing.T) {
	key := [32]byte{1}
	a := Account{User: "201", Domain: "pbx.home", Password: "hunter2"}
	mark := a.Mark(key)
	if mark != a.Mark(key) || mark == a.Mark([32]byte{2}) || len(mark) != 64 || strings.Contains(mark, "hunter2") {
		t.Errorf("mark %q", mark)
	}
	for i := range reflect.TypeFor[Account]().NumField() {
		b := a
		f := reflect.ValueOf(&b).Elem().Field(i)
		switch f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int64:
			f.SetInt(7)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{"opus"}))
		default:
			t.Fatalf("a field of kind %v", f.Kind())
		}
		anew := Carry([]Account{a}, []Account{b})[0] < 0
		if (b.Mark(key) != mark) != anew {
			t.Errorf("%s differs: mark %v, registers anew %v", reflect.TypeFor[Account]().Field(i).Name, b.Mark(key) != mark, anew)
		}
	}
}
