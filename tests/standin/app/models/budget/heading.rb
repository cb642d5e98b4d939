# frozen_string_literal: true

class Budget
  class Heading < ApplicationRecord
    include Sluggable
    include Translatable

    translates :name

    belongs_to :group, class_name: "Budget::Group"
    belongs_to :geozone

    validates :name, :group, :price, presence: true
    validates :population, numericality: { greater_than: 0 }, allow_nil: true
    validates :max_ballot_lines, numericality: { greater_than_or_equal_to: 1 }

    delegate :budget, to: :group
  end
end
