package main

import (
	"log"
	"time"

	"example.org/station/clock"
)

func main() {
	for {
		log.Printf("tick at %s", clock.Text(time.Now()))
		time.Sleep(2 * time.Second)
	}
}
