// Package panel is the panel protocol: any board's front, watched and worked from a
// terminal, a script or another machine over a socket. It owns the protocol, its server and
// client, and the terminal handset. It refuses to know what a key does or a screen means.
package panel

// Info is what a drawn handset shows beside the display and the lamps. Station sets it;
// every text is one line, empty where there is nothing to say.
type Info struct {
	Title   string `json:"title,omitempty"`   // "Offhook 0.1.0"
	Board   string `json:"board,omitempty"`   // "simulated board"
	Account string `json:"account,omitempty"` // "Home 201, ready, built-in exchange"
	Sound   string `json:"sound,omitempty"`   // "USB PnP Sound, 48 kHz"
	Voice   string `json:"voice,omitempty"`   // "71 ms, 0.0 % lost"; empty outside of calls
	Hint    string `json:"hint,omitempty"`    // "Try h 600 echo  601 music"
	Ear     int    `json:"ear"`               // level played, 0 silence to 100 full scale
	Mouth   int    `json:"mouth"`             // level recorded, likewise
	Volume  int    `json:"volume"`            // of the ear, 0 to 100
	InCall  bool   `json:"in_call,omitempty"` // quitting would end a call
}
