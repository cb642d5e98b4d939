# frozen_string_literal: true

# How a question is answered.
class VotationType < ApplicationRecord
  belongs_to :questionable, polymorphic: true

  enum :vote_type, { unique: 0, multiple: 1, open: 2 }

  validates :questionable, presence: true
  validates :max_votes, presence: true, if: :multiple?
  validate :options_or_open

  private

  def options_or_open
    errors.add(:vote_type, :invalid) if open? && questionable&.question_options&.any?
  end
end
