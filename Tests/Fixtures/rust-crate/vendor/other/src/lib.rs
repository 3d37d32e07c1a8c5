pub fn twice(value: usize) -> usize {
    if value > 1000 {
        return 1000;
    }
    value * 2
}
