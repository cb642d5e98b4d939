# frozen_string_literal: true

module SiteCustomization
  # HTML in a place of the page that is kept for it, shown as it is.
  class ContentBlock < ApplicationRecord
    PLACES = %w[top_links footer footer_legal subnavigation_left subnavigation_right].freeze

    validates :name, presence: true, uniqueness: { scope: :locale }, inclusion: { in: PLACES }
    validates :locale, presence: true, inclusion: { in: ->(*) { Setting.enabled_locales.map(&:to_s) } }
  end
end
