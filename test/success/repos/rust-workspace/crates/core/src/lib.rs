/// What every program of this workspace says.
pub fn greeting(who: &str) -> String {
    format!("hello from the {who}")
}
