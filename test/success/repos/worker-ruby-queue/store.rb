require "socket"
require "uri"

# A few words of Redis, so that no gem is needed.
class Store
  def initialize
    uri = URI(ENV.fetch("REDIS_URL"))
    @socket = TCPSocket.new(uri.host, uri.port || 6379)
    call("AUTH", uri.password) if uri.password
  end

  def call(*words)
    @socket.write("*#{words.size}\r\n" + words.map { |word| "$#{word.to_s.bytesize}\r\n#{word}\r\n" }.join)
    answer
  end

  private

  def answer
    line = @socket.gets.chomp
    rest = line[1..]
    case line[0]
    when "-" then raise rest
    when "$" then rest == "-1" ? nil : @socket.read(rest.to_i + 2).chomp
    when "*" then rest == "-1" ? nil : Array.new(rest.to_i) { answer }
    else rest
    end
  end
end
