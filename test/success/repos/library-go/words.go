package words

// Count says how many there are.
func Count(words []string) int { return len(words) }
