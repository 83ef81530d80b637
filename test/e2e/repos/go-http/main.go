// Hello answers with a page, from a template that lies beside it.
package main

import (
	"html/template"
	"log"
	"net/http"
	"os"
)

func main() {
	page := template.Must(template.ParseFiles("templates/home.html"))
	http.HandleFunc("GET /{$}", func(answer http.ResponseWriter, _ *http.Request) {
		if err := page.Execute(answer, map[string]string{"Greeting": getEnv("GREETING", "Hello from Go")}); err != nil {
			log.Print(err)
		}
	})
	http.HandleFunc("GET /healthz", func(answer http.ResponseWriter, _ *http.Request) {
		_, _ = answer.Write([]byte("ok"))
	})
	address := ":" + getEnv("PORT", "8080")
	log.Printf("listening on %s", address)
	log.Fatal(http.ListenAndServe(address, nil))
}

func getEnv(name, fallback string) string {
	if value, found := os.LookupEnv(name); found {
		return value
	}
	return fallback
}
