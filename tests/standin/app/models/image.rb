# frozen_string_literal: true

# A picture on something, such as a card; its title is what a screen reader says.
class Image < ApplicationRecord
  belongs_to :user
  belongs_to :imageable, polymorphic: true, touch: true

  has_one_attached :attachment

  validates :attachment, :user_id, presence: true
  validates :title, length: { in: 4..80 }
  validate :type_is_accepted, if: -> { attachment.attached? }

  private

  def type_is_accepted
    accepted = Setting["uploads.images.content_types"].to_s.split
    errors.add(:attachment, :invalid) unless accepted.include?(attachment.content_type)
  end
end
