// Measures its arguments.
package main

import (
	"fmt"
	"os"

	"example.invalid/program/lib"
)

var started = lib.Measure("")

func never() {
	fmt.Println("never")
}

func main() {
	if len(os.Args) < 2 {
		os.Exit(3)
	}
	done := make(chan int)
	for _, word := range os.Args[1:] {
		go func(word string) {
			done <- lib.Measure(word)
		}(word)
	}
	sum := started
	for range os.Args[1:] {
		sum += <-done
	}
	fmt.Println(sum)
	if len(os.Args) > 50 {
		never()
	}
}
