pub fn measure(word: &str) -> usize {
    let mut total = 0;
    for at in 0..word.len() {
        if at % 2 == 0 {
            total += at;
        } else {
            total += 1;
        }
    }
    total
}

#[allow(dead_code)]
pub struct Pair<T>(pub T, pub T);

#[allow(dead_code)]
impl Pair<u8> {
    pub fn unused(&self) -> u8 {
        self.0
    }
}
