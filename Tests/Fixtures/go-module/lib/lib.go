package lib

type counter struct{ value int }

func (c *counter) unused() int { return c.value }

// Measure gives a number for a word.
func Measure(word string) int {
	total := 0

	// Every second letter counts for one.
	for i := range word {
		if i%2 == 0 {
			total += i
		} else {
			total++
		}
	}
	switch {
	case word == "panic":
		panic(word)
	case total > 100:
		return 100
	}
	return total
}
