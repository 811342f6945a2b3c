package account

import (
	"reflect"
	"slices"
	"testing"
)

func TestCarry(t *testing.T) {
	a := Account{Label: "Home", User: "201", Domain: "pbx.home", Password: "x", Codecs: []string{"opus"}}
	b := Account{Label: "Work", User: "430", Domain: "sip.example.com", Login: "430-desk7", Transport: TCP}
	with := func(a Account, change func(*Account)) Account { change(&a); return a }
	for _, c := range []struct {
		name          string
		before, after []Account
		want          []int
	}{
		{"nothing", nil, nil, []int{}},
		{"the same", []Account{a, b}, []Account{a, b}, []int{0, 1}},
		{"turned round", []Account{a, b}, []Account{b, a}, []int{1, 0}},
		{"one more, first", []Account{a}, []Account{b, a}, []int{-1, 0}},
		{"one less", []Account{a, b}, []Account{b}, []int{1}},
		{"twice before, once after", []Account{a, a}, []Account{a}, []int{0}},
		{"once before, twice after", []Account{a}, []Account{a, a}, []int{0, -1}},
		{"what is only ours", []Account{a}, []Account{with(a, func(a *Account) {
			a.Label, a.Name, a.Codecs, a.SRTP, a.ICE, a.TURNPassword = "H", "Anna", []string{"pcma"}, SRTPMandatory, true, "t"
		})}, []int{0}},
		{"a password", []Account{a}, []Account{with(a, func(a *Account) { a.Password = "y" })}, []int{-1}},
		{"a transport", []Account{b}, []Account{with(b, func(a *Account) { a.Transport = UDP })}, []int{-1}},
		{"an expiry", []Account{b}, []Account{with(b, func(a *Account) { a.Expires++ })}, []int{-1}},
	} {
		if got := Carry(c.before, c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if !Same(a, with(a, func(a *Account) { a.Password = "y" })) || Same(a, b) {
		t.Error("an address of record is its user and domain")
	}
}

// A setting is the registration's unless it is named here: what is new registers anew,
// which is never wrong.
func TestWhatIsOnlyOurs(t *testing.T) {
	ours := []string{"Label", "Name", "Codecs", "SilenceSuppression", "Anonymous", "AnonymousPrefix", "DistinctiveRing", "Intercom", "DTMF", "SRTP", "SRTPKeys", "QualityReport", "QualityEvery", "ICE", "STUN", "TURN", "TURNUser", "TURNPassword"}
	for i := range reflect.TypeFor[Account]().NumField() {
		f := reflect.TypeFor[Account]().Field(i)
		var a Account
		v := reflect.ValueOf(&a).Elem().Field(i)
		switch v.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int64:
			v.SetInt(1)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(f.Type, 1, 1))
		default:
			t.Fatalf("%s is a %v: teach this test", f.Name, v.Kind())
		}
		if carried := Carry([]Account{{}}, []Account{a})[0] == 0; carried != slices.Contains(ours, f.Name) {
			t.Errorf("%s: carried %v", f.Name, carried)
		}
	}
}
