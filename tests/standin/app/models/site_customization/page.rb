# frozen_string_literal: true

module SiteCustomization
  class Page < ApplicationRecord
    include Translatable

    SEEDED = %w[
      welcome_level_three_verified welcome_level_two_verified welcome_not_verified
      accessibility conditions privacy faq census_terms
    ].freeze

    has_many :cards, -> { order(:order, :created_at) }, class_name: "Widget::Card", as: :cardable, dependent: :destroy,
                                                        inverse_of: :cardable

    translates :title, :subtitle, :content

    validates :slug, presence: true, uniqueness: { case_sensitive: false }, format: { with: /\A[0-9a-zA-Z\-_]*\z/ }
    validates :status, inclusion: { in: %w[draft published] }
    validates :title, presence: true

    scope :published, -> { where(status: "published") }
  end
end
