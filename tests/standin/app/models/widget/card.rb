# frozen_string_literal: true

module Widget
  # A tile on the home page, or, with `header`, the words on top of it.
  class Card < ApplicationRecord
    include Translatable

    belongs_to :cardable, polymorphic: true
    has_one :image, as: :imageable, dependent: :destroy, class_name: "::Image"

    translates :label, :title, :description, :link_text

    validates :title, presence: true
    validates :order, numericality: { greater_than_or_equal_to: 1 }
    validates :link_url, presence: true, if: -> { !header? || link_text.present? }

    scope :header, -> { where(header: true, cardable_id: nil) }
    scope :body, -> { where(header: false, cardable_id: nil).order(:order, :created_at) }
  end
end
