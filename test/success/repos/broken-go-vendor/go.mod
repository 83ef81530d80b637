module example.org/vendored

go 1.22

require rsc.io/quote v1.5.2
