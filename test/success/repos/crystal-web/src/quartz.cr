require "http/server"

server = HTTP::Server.new do |context|
  context.response.content_type = "text/plain"
  context.response.print "Quartz keeps time\n"
end

port = ENV.fetch("PORT", "4000").to_i
server.bind_tcp "0.0.0.0", port
puts "listening on #{port}"
server.listen
