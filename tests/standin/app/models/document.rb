# frozen_string_literal: true

# A file to be downloaded.
class Document < ApplicationRecord
  belongs_to :user
  belongs_to :documentable, polymorphic: true, touch: true

  has_one_attached :attachment

  validates :title, :user_id, :attachment, presence: true
  validate :type_is_accepted, if: -> { attachment.attached? }

  private

  def type_is_accepted
    accepted = Setting["uploads.documents.content_types"].to_s.split
    errors.add(:attachment, :invalid) unless accepted.include?(attachment.content_type)
  end
end
