fn main() {
    println!("{} crates were missing in the lock", itoa::Buffer::new().format(1));
}
