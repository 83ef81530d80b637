// Package web holds the routes.
package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Serve listens on PORT, or 8080.
func Serve() error {
	gin.SetMode(gin.ReleaseMode)
	router := gin.Default()
	router.GET("/", func(request *gin.Context) {
		request.String(http.StatusOK, "Hello from Gin")
	})
	return router.Run()
}
