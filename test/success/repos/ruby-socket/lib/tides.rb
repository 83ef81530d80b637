# The page that the server hands out.
module Tides
  def self.page
    "<h1>Tides by Ruby #{RUBY_VERSION}</h1>\n"
  end
end
