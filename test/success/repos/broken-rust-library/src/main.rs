use std::io::{Read, Write};
use std::net::TcpListener;

extern "C" {
    fn yaml_get_version_string() -> *const std::os::raw::c_char;
}

fn main() {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".into());
    let listener = TcpListener::bind(format!("0.0.0.0:{port}")).expect("a port");
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        let mut asked = [0; 1024];
        let _ = stream.read(&mut asked);
        let said = unsafe { format!("libyaml {}", std::ffi::CStr::from_ptr(yaml_get_version_string()).to_string_lossy()) };
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}", said.len());
    }
}
