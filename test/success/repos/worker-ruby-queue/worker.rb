require_relative "store"

$stdout.sync = true
store = Store.new
puts "worker waits"
loop do
  _, number = store.call("BLPOP", "numbers", 0)
  store.call("SET", "answer", number.to_i * 3)
end
