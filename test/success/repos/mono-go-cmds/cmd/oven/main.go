package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"example.org/bakery/internal/bread"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "the oven has %s\n", bread.Name)
	})
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
