package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	index := make([]byte, 350<<20)
	for at := range index {
		index[at] = 1
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, fmt.Sprintf("an index of %d MiB", len(index)>>20)) })
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
