use std::{thread::sleep, time::Duration};

fn main() {
    loop {
        println!("{}", core_words::greeting("mailer"));
        sleep(Duration::from_secs(10));
    }
}
