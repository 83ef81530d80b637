package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	token := os.Getenv("BOT_TOKEN")
	if token == "" {
		log.Fatal("BOT_TOKEN is not set")
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("the bot is awake")) })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
