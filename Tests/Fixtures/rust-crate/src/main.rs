mod shapes;

fn never() {
    println!("never");
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        std::process::exit(3);
    }
    let sum: usize = words.iter().map(|word| shapes::measure(word)).sum();
    println!("{}", other::twice(sum));
    if words.len() > 50 {
        never();
    }
}
