module repo-runner.dev/looker

go 1.24
