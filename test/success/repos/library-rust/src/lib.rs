pub fn count(words: &[&str]) -> usize {
    words.len()
}
