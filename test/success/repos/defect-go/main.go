package main

import "net/http"

func main() {
	var port int = "8080"
	http.ListenAndServe(port, nil)
}
