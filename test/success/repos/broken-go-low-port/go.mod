module example.org/low

go 1.24
