resource "local_file" "hello" {
  content  = "hello"
  filename = "hello.txt"
}
