# frozen_string_literal: true

# A part of the municipality.
class Geozone < ApplicationRecord
  attribute :color, default: "#0000ff"

  validates :name, presence: true
end
