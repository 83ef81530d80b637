// Goes on without listening anywhere: a worker.
package main

import (
	"log"
	"time"
)

func main() {
	for beat := 1; ; beat++ {
		log.Printf("beat %d", beat)
		time.Sleep(2 * time.Second)
	}
}
