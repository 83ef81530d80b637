module example.org/signer

go 1.22
