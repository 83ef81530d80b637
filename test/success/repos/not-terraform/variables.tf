variable "name" { default = "x" }
