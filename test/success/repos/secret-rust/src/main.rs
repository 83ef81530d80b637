use std::{env, io::{Read, Write}, net::TcpListener};

fn main() {
    let key = env::var("PAYMENT_API_KEY").expect("PAYMENT_API_KEY is not set");
    let listener = TcpListener::bind("0.0.0.0:8080").unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let text = format!("pays with a key of {}", key.len());
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{}", text.len(), text);
    }
}
