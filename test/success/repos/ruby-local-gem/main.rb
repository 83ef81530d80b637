require "guests"

Guests::NAMES.each { |name| puts "hello #{name}" }
puts "greeted #{Guests::NAMES.size} guests"
