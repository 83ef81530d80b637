const std = @import("std");

/// Answers every request with the same few words.
pub fn main() !void {
    const address = try std.net.Address.parseIp("0.0.0.0", 7070);
    var server = try address.listen(.{ .reuse_address = true });
    const body = "A pebble, thrown by Zig\n";
    while (true) {
        const connection = server.accept() catch continue;
        defer connection.stream.close();
        var request: [2048]u8 = undefined;
        _ = connection.stream.read(&request) catch continue;
        var answer: [256]u8 = undefined;
        const text = try std.fmt.bufPrint(&answer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {d}\r\n\r\n{s}", .{ body.len, body });
        connection.stream.writeAll(text) catch continue;
    }
}
