// Package bread names what is sold.
package bread

// Name of the bread of the day.
const Name = "rye"
