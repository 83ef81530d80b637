// Package pages holds what the front end's build has made.
package pages

import "embed"

//go:embed all:dist
var Files embed.FS
