module example.org/station/ticker

go 1.23
