Gem::Specification.new do |spec|
  spec.name = "guests"
  spec.version = "0.1.0"
  spec.summary = "Who is greeted"
  spec.authors = ["Repo Runner"]
  spec.files = ["lib/guests.rb"]
end
