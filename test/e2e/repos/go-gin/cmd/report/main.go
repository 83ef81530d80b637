// Report prints one line and ends.
package main

import "fmt"

func main() {
	fmt.Println("nothing was sold")
}
