module example.org/beat

go 1.24
