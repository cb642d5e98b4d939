# frozen_string_literal: true

class Budget
  class Phase < ApplicationRecord
    include Translatable

    PHASE_KINDS = %w[
      informing accepting reviewing selecting valuating publishing_prices balloting reviewing_ballots finished
    ].freeze

    translates :name, :summary, :description

    belongs_to :budget, touch: true
    belongs_to :next_phase, class_name: "Budget::Phase"

    validates :name, :budget, presence: true
    validates :kind, uniqueness: { scope: :budget_id }, inclusion: { in: PHASE_KINDS }
    validate :dates_in_order

    after_save :adjust_date_ranges

    scope :enabled, -> { where(enabled: true) }

    private

    def dates_in_order
      errors.add(:starts_at, :invalid) if starts_at && ends_at && starts_at >= ends_at
    end

    # A phase begins when the one before it ends.
    def adjust_date_ranges
      later, earlier = budget.phases.enabled.where.not(id:).partition { |phase| phase.id > id }
      return unless enabled?

      later.first&.update_columns(starts_at: ends_at)
      earlier.last&.update_columns(ends_at: starts_at)
    end
  end
end
