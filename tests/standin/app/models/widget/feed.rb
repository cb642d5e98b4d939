# frozen_string_literal: true

module Widget
  # How many of the latest debates, proposals or processes the home page lists.
  class Feed < ApplicationRecord
    KINDS = %w[proposals debates processes].freeze

    def self.active
      KINDS.map { |kind| find_or_create_by!(kind:) }.select { |feed| Setting["homepage.widgets.feeds.#{feed.kind}"] }
    end
  end
end
