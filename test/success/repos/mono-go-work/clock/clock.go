// Package clock says the time as a station shows it.
package clock

import "time"

// Text is hours and minutes.
func Text(at time.Time) string {
	return at.UTC().Format("15:04")
}
