package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	if err := os.MkdirAll("/var/lib/ledger/days", 0o755); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the ledger has its folder") })
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
