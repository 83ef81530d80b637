module example.org/station/api

go 1.23
