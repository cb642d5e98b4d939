# frozen_string_literal: true

module Legislation
  # What somebody wrote beside a text. Nobody is shown it here.
  class Annotation < ApplicationRecord
    include Hideable

    belongs_to :draft_version, class_name: "Legislation::DraftVersion", foreign_key: "legislation_draft_version_id",
                               inverse_of: false
    belongs_to :author, class_name: "User"

    validates :text, :draft_version, :author, presence: true
  end
end
