use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let told = Command::new("protoc")
        .args(["--descriptor_set_out", &format!("{out}/order.bin"), "order.proto"])
        .status()
        .expect("Could not find `protoc`. If `protoc` is installed, try setting the `PROTOC` environment variable");
    assert!(told.success());
}
