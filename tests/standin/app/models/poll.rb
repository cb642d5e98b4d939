# frozen_string_literal: true

class Poll < ApplicationRecord
  include Hideable
  include Sluggable
  include Translatable

  translates :name, :summary, :description

  has_many :questions, class_name: "Poll::Question", dependent: :destroy, inverse_of: :poll
  has_many :voters, class_name: "Poll::Voter", dependent: :restrict_with_exception
  has_many :geozones_polls, dependent: nil
  has_many :geozones, through: :geozones_polls
  has_one :report, as: :process, dependent: :destroy, autosave: true
  has_one :image, as: :imageable, dependent: :destroy, class_name: "::Image"
  belongs_to :author, class_name: "User"

  validates :name, :starts_at, :ends_at, presence: true
  validates :starts_at, comparison: { less_than_or_equal_to: :ends_at }, if: -> { starts_at && ends_at }
  validate :not_begun, on: :create
  validate :beginning_stays, :end_stays, on: :update

  scope :in_order, -> { order(:ends_at) }

  def report = super || build_report
  def current? = Time.current.between?(starts_at, ends_at)
  def expired? = ends_at < Time.current
  def started? = starts_at < Time.current
  def voted_by?(user) = voters.exists?(user:)

  def answerable_by?(user)
    user.present? && current? && (!geozone_restricted || geozone_ids.include?(user.geozone_id))
  end

  private

  def not_begun
    errors.add(:starts_at, :past) if starts_at && starts_at < Time.current
  end

  def beginning_stays
    return unless starts_at_changed?

    errors.add(:starts_at, :started) if starts_at_was < Time.current
    errors.add(:starts_at, :past) if starts_at < Time.current
  end

  def end_stays
    return unless ends_at_changed?

    errors.add(:ends_at, :ended) if ends_at_was < Time.current
    errors.add(:ends_at, :past) if ends_at < Time.current
  end
end
