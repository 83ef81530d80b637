require_relative "store"

$stdout.sync = true
server = TCPServer.new("0.0.0.0", Integer(ENV.fetch("PORT", "4567")))
loop do
  client = server.accept
  begin
    client.gets
    store = Store.new
    store.call("RPUSH", "numbers", 14)
    body = nil
    20.times { body ||= store.call("GET", "answer") || sleep(0.1) && nil }
    text = "the worker answered #{body}"
    client.write("HTTP/1.1 200 OK\r\ncontent-length: #{text.bytesize}\r\nconnection: close\r\n\r\n#{text}")
  ensure
    client.close
  end
end
