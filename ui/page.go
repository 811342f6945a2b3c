package ui

// A page is what the menu shows; noPage: no menu is open.
type page uint8

const (
	noPage page = iota
	menuPage
	callsPage
	bookPage
	volumePage
	infoPage
	aboutPage
	reloadPage
)
