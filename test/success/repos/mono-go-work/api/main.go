package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"example.org/station/clock"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "the station's clock shows %s\n", clock.Text(time.Now()))
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
