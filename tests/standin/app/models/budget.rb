# frozen_string_literal: true

class Budget < ApplicationRecord
  include Sluggable
  include Translatable

  translates :name

  has_many :phases, -> { order(:id) }, class_name: "Budget::Phase", dependent: nil, inverse_of: :budget
  has_many :groups, class_name: "Budget::Group", dependent: :destroy, inverse_of: :budget
  has_many :headings, through: :groups
  has_many :investments, class_name: "Budget::Investment", dependent: :destroy, inverse_of: :budget
  has_many :ballots, class_name: "Budget::Ballot", dependent: :destroy
  has_one :image, as: :imageable, dependent: :destroy, class_name: "::Image"

  validates :name, :currency_symbol, presence: true
  validates :slug, presence: true, format: { with: /\A[a-z0-9\-_]+\z/ }
  validates :voting_style, inclusion: { in: %w[knapsack approval] }
  validates :phase, inclusion: { in: ->(_) { Budget::Phase::PHASE_KINDS } }
  validate :name_is_new

  after_create :generate_phases

  scope :published, -> { where(published: true) }

  def current_phase = phases.find_by(kind: phase)

  private

  def generate_slug? = super || !published

  def name_is_new
    taken = translations.any? do |words|
      Translation.where(name: words.name).where.not(budget_id: id).exists?
    end
    errors.add(:name, :taken) if taken
  end

  # One month each, from today on.
  def generate_phases
    start = Date.current.in_time_zone
    Budget::Phase::PHASE_KINDS.inject(nil) do |previous, kind|
      phase = phases.create!(kind:, name: kind.humanize, starts_at: start, ends_at: start + 1.month)
      previous&.update_columns(next_phase_id: phase.id)
      start += 1.month
      phase
    end
  end
end
