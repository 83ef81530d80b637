fn main() {
    let total: i32 = "three";
    println!("{total}");
}
