module example.org/station/clock

go 1.23
