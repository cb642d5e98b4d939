# frozen_string_literal: true

module Legislation
  class DraftVersion < ApplicationRecord
    include Hideable
    include Translatable

    translates :title, :changelog, :body

    belongs_to :process, class_name: "Legislation::Process", foreign_key: "legislation_process_id",
                         inverse_of: :draft_versions

    validates :title, :body, presence: true
    validates :status, inclusion: { in: %w[draft published] }

    scope :published, -> { where(status: "published") }
  end
end
