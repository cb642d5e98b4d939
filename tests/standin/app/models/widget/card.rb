# frozen_string_literal: true

module Widget
  # A tile on the home page, or, with `header`, the words on top of it.
  class Card < ApplicationRecord
    include Translatable

    translates :label, :title, :description, :link_text

    validates :title, presence: true
    validates :link_url, presence: true, if: -> { !header? || link_text.present? }

    scope :header, -> { where(header: true) }
    scope :body, -> { where(header: false, cardable_id: nil).order(:order, :created_at) }
  end
end
