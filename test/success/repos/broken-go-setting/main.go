package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	name := fmt.Sprintf("%s_%s", "LEDGER", "SIGNING_KEY")
	key := os.Getenv(name)
	if key == "" {
		log.Fatalf("environment variable %s is not set", name)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, fmt.Sprintf("a key of %d characters", len(key))) })
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
