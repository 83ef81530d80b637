// Orders are kept in tables that migrations make.
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		var orders int
		if _, err := db.Exec("INSERT INTO orders (item) VALUES ('seen')"); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if err := db.QueryRow("SELECT count(*) FROM orders WHERE paid IS NOT NULL").Scan(&orders); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%d orders\n", orders)
	})
	log.Fatal(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
