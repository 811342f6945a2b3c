package peers

import (
	"os"
	"strings"
	"testing"
)

// The files that people start from are those that the pair is made of: every setting is
// replaced, and nothing else.
func TestNodeIsTheSample(t *testing.T) {
	b, err := os.ReadFile("../kamailio/node.cfg")
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"NODE_IP": "127.0.0.9", "NODE_PORT": "1", "NODE_DMQ": "2", "OTHER_IP": "127.0.0.8", "OTHER_DMQ": "3",
		"HOUSE_DOMAIN": "x.test", "HOUSE_SECRET": "s", "HOUSE_FOLDER": "/f",
		"NODE_TLS": "4", "NODE_WSS": "5", "HOUSE_CERTIFICATE": "/c", "HOUSE_KEY": "/k"}
	got, err := withNode(string(b), settings)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range settings {
		if !strings.Contains(got, `"!`+name+`!`+value+`!g"`) {
			t.Errorf("no %s in\n%s", name, got)
		}
	}
	if strings.Count(got, "\n") != strings.Count(string(b), "\n") || strings.Contains(got, "change-me") {
		t.Errorf("%s", got)
	}
	if _, err := withNode(string(b), map[string]string{"NODE_OTHER": "x"}); err == nil {
		t.Error("a setting that is not there was taken")
	}
	for _, line := range nodeLine.FindAllStringSubmatch(string(b), -1) {
		if _, known := settings[line[1]]; !known {
			t.Errorf("%s is not filled in", line[1])
		}
	}
}

func TestUsersAreTheSample(t *testing.T) {
	got := withUsers("head\n1:201:pbx.home:change-me:-:-\n", "x.test", []string{"a", "b"})
	if want := "head\n1:a:x.test:a-secret:-:-\n2:b:x.test:b-secret:-:-\n"; got != want {
		t.Errorf("%q", got)
	}
}
