Gem::Specification.new do |spec|
  spec.name = "words"
  spec.version = "0.1.0"
  spec.summary = "Counts words"
  spec.authors = ["somebody"]
  spec.files = Dir["lib/**/*.rb"]
end
