# frozen_string_literal: true

class Milestone < ApplicationRecord
  include Translatable

  translates :title, :description

  belongs_to :milestoneable, polymorphic: true

  validates :milestoneable, :publication_date, :description, presence: true

  scope :published, -> { where(publication_date: ..Date.current.end_of_day).order(:publication_date) }
end
