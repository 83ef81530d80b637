fn main() {
    println!("nothing to clean");
}
