# frozen_string_literal: true

module SiteCustomization
  # One of the site's own images. Their sizes are Consul's to judge.
  class Image < ApplicationRecord
    NAMES = %w[
      logo_header social_media_icon social_media_icon_twitter apple-touch-icon-200 auth_bg budget_execution_no_image
      budget_investment_no_image favicon map logo_email welcome_process
    ].freeze
    TYPES = %w[image/jpeg image/png image/vnd.microsoft.icon image/x-icon].freeze

    has_one_attached :image

    validates :name, presence: true, uniqueness: true, inclusion: { in: NAMES }
    validate :type_is_known, if: -> { image.attached? }

    private

    def type_is_known
      errors.add(:image, :invalid) unless TYPES.include?(image.content_type)
    end
  end
end
