module Guests
  NAMES = %w[Ada Grace Katherine].freeze
end
