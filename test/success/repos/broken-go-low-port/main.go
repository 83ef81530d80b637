package main

import (
	"fmt"
	"log"
	"net/http"
)

const department = 8

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "department %d is open", department)
	})
	log.Fatal(http.ListenAndServe(fmt.Sprintf("0.0.0.0:%d", department*10+1), nil))
}
