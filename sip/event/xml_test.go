package event

import (
	"strings"
	"testing"
)

func TestXMLBounds(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	for name, c := range map[string]struct {
		doc  string
		good bool
	}{
		"as deep as may be":   {deep(maxDepth), true},
		"too deep":            {deep(maxDepth + 1), false},
		"as many as may be":   {"<a>" + strings.Repeat("<b/>", maxElements-1) + "</a>", true},
		"too many":            {"<a>" + strings.Repeat("<b/>", maxElements) + "</a>", false},
		"too many attributes": {`<a b="1"` + strings.Repeat(` c="1"`, maxAttrs) + "/>", false},
		"too large":           {"<a>" + strings.Repeat(" ", maxXML) + "</a>", false},
		"a document type":     {`<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>`, false},
		"an unknown entity":   {`<a>&lol;</a>`, false},
		"entities of XML":     {`<a>&lt;&amp;&#65;</a>`, true},
		"another charset":     {`<?xml version="1.0" encoding="UTF-16"?><a/>`, false},
		"two roots":           {"<a/><a/>", false},
		"crossed":             {"<a><b></a></b>", false},
		"not closed":          {"<a>", false},
		"closed twice":        {"<a/></a>", false},
		"comments":            {"<!-- x --><a><!-- y --></a> \n", true},
	} {
		if e, err := parseXML([]byte(c.doc), "a"); err == nil != c.good {
			t.Errorf("%s: %+v %v", name, e, err)
		}
	}
	e, err := parseXML([]byte("<a>"+strings.Repeat("ü", maxText)+"<!-- -->more</a>"), "a")
	if err != nil || len(e.text) > maxText || strings.Contains(e.text, "\ufffd") {
		t.Errorf("%d octets of text are kept, %v", len(e.text), err)
	}
	var none *element
	if none.child("x") != nil || none.attr("x") != "" || none.words() != "" || none.each("x") != nil {
		t.Error("an element that is not there has something")
	}
}
