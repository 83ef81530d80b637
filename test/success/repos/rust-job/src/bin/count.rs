fn main() {
    let sum: u32 = (1..=100).sum();
    println!("counted {sum}");
}
