package main

import (
	"io/fs"
	"log"
	"net/http"
	"os"

	"example.org/tides/internal/pages"
)

func main() {
	built, err := fs.Sub(pages.Files, "dist")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", http.FileServer(http.FS(built)))
	http.HandleFunc("/api/height", func(out http.ResponseWriter, _ *http.Request) {
		_, _ = out.Write([]byte(`{"metres": 2.4}`))
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
