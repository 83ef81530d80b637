require "socket"
require_relative "lib/tides"

port = Integer(ENV.fetch("PORT", 4000))
server = TCPServer.new("0.0.0.0", port)
$stdout.sync = true
puts "listening on #{port}"

loop do
  Thread.start(server.accept) do |client|
    path = client.gets.to_s.split[1] || "/"
    while (line = client.gets) && line != "\r\n"
    end
    body = path == "/" ? Tides.page : "no such page\n"
    status = path == "/" ? "200 OK" : "404 Not Found"
    client.write "HTTP/1.1 #{status}\r\nContent-Type: text/html\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
    client.close
  end
end
